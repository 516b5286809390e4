//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::platform::Platform;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Install,
    Uninstall,
    Dist,
}

/// What the command line says.
#[derive(Debug)]
pub struct Options {
    pub action: Action,
    /// For KDB-X.
    pub module: bool,
    pub to: Option<PathBuf>,
    pub target: Option<String>,
    pub library: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments; `None` when they ask for help.
    pub fn of(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let action = match arguments.next().as_deref() {
            Some("install") => Action::Install,
            Some("uninstall") => Action::Uninstall,
            Some("dist") => Action::Dist,
            None | Some("help" | "--help" | "-h") => return Ok(None),
            Some(other) => bail!("no such command: {other}; cargo xtask help lists them"),
        };
        let mut options = Self { action, module: false, to: None, target: None, library: None };
        while let Some(option) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{option} needs a value"));
            match option.as_str() {
                "--module" => options.module = true,
                "--to" => options.to = Some(value()?.into()),
                "--target" => options.target = Some(Platform::triple(&value()?).to_string()),
                "--library" => options.library = Some(value()?.into()),
                "--help" | "-h" => return Ok(None),
                _ => bail!("no such option: {option}; cargo xtask help lists them"),
            }
        }
        Ok(Some(options))
    }
}
