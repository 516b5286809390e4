//! Files into place, and out again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::platform::Platform;
use crate::root;

/// Name of the module, and of its folder.
pub const MODULE: &str = "ffijit";

/// Where to install.
#[derive(Debug)]
pub enum Destination {
    /// kdb+'s folder, `$QHOME`.
    Home(PathBuf),
    /// A folder on KDB-X's search path for modules.
    Modules(PathBuf),
}

/// A file to install: what it is made of, and where it goes.
pub struct File {
    pub from: PathBuf,
    pub to: PathBuf,
}

impl Destination {
    fn folder(&self) -> &Path {
        match self {
            Destination::Home(folder) | Destination::Modules(folder) => folder,
        }
    }

    /// What goes there: in QHOME the modules of libraries have a folder of their own, among KDB-X's they lie in ours.
    pub fn files(&self, platform: &Platform, library: &Path) -> Result<Vec<File>> {
        let script = |name: &str| root().join("q").join(name);
        let file = |from: PathBuf, to: PathBuf| File { from, to };
        let (mut files, modules) = match self {
            Destination::Home(home) => (
                vec![
                    file(library.into(), home.join(platform.folder).join(platform.library())),
                    file(script("ffi.q"), home.join("ffi.q")),
                ],
                home.join("lib"),
            ),
            Destination::Modules(modules) => {
                let module = modules.join(MODULE);
                let own = vec![
                    file(library.into(), module.join(platform.module_library())),
                    file(script("ffi.q"), module.join("ffi.q")),
                    file(script("init.q"), module.join("init.q")),
                ];
                (own, module)
            }
        };
        for path in module_files()? {
            let name = path.file_name().unwrap_or_default().to_owned();
            files.push(file(path, modules.join(name)));
        }
        Ok(files)
    }
}

/// The modules of libraries, in the order of their names.
fn module_files() -> Result<Vec<PathBuf>> {
    let folder = root().join("lib");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "q"));
    paths.sort();
    Ok(paths)
}

/// Copies everything to its place. A file that is there is replaced in one step, so that a q that has it open or mapped
/// keeps the old one.
pub fn install(destination: &Destination, platform: &Platform, library: &Path) -> Result<()> {
    let folder = destination.folder();
    match destination {
        Destination::Home(_) => ensure!(folder.is_dir(), "{}: no such folder", folder.display()),
        // KDB-X looks there whether it exists or not.
        Destination::Modules(_) => create(folder)?,
    }
    for file in destination.files(platform, library)? {
        replace(&file)?;
        println!("{}", file.to.display());
    }
    Ok(())
}

/// Removes what [`install`] puts there, and the folder if it was only for that.
pub fn uninstall(destination: &Destination, platform: &Platform) -> Result<()> {
    let mut found = false;
    for file in destination.files(platform, Path::new(""))? {
        if fs::exists(&file.to).with_context(|| file.to.display().to_string())? {
            fs::remove_file(&file.to).with_context(|| format!("{}: not removed", file.to.display()))?;
            println!("removed {}", file.to.display());
            found = true;
        }
    }
    // Other files there are not ours, and stay with their folder.
    drop(fs::remove_dir(match destination {
        Destination::Home(folder) => folder.join("lib"),
        Destination::Modules(folder) => folder.join(MODULE),
    }));
    if !found {
        println!("nothing is installed in {}", destination.folder().display());
    }
    Ok(())
}

fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("{}: no such folder, and not created", folder.display()))
}

/// Writes a file beside its place and renames it.
fn replace(file: &File) -> Result<()> {
    let folder = file.to.parent().context("a file has a folder")?;
    create(folder)?;
    let bytes = fs::read(&file.from).with_context(|| file.from.display().to_string())?;
    let mut fresh = tempfile::Builder::new()
        .permissions(permissions(&file.from)?)
        .tempfile_in(folder)
        .with_context(|| format!("{}: not writable", folder.display()))?;
    fresh.write_all(&bytes).and_then(|()| fresh.as_file().sync_all()).context("not written")?;
    fresh.persist(&file.to).with_context(|| format!("{}: not replaced", file.to.display()))?;
    Ok(())
}

/// Everybody may read what is installed, as with what cargo and git write.
fn permissions(like: &Path) -> Result<fs::Permissions> {
    Ok(fs::metadata(like).with_context(|| like.display().to_string())?.permissions())
}
