//! The state of an interpreter: globals by namespace and the settings that commands change.

use std::cell::Cell;

/// Settings of the console and of arithmetic, changed by system commands.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// `\c`: rows and columns of the console display.
    pub console: (usize, usize),
    /// `\P`: significant digits shown of a float; 0 for all 17.
    pub precision: usize,
}

thread_local! {
    static SETTINGS: Cell<Settings> = const { Cell::new(Settings { console: (25, 80), precision: 7 }) };
}

/// The settings in force on this thread.
pub fn settings() -> Settings {
    SETTINGS.get()
}

/// Changes the settings of this thread.
pub fn set_settings(s: Settings) {
    SETTINGS.set(s);
}
