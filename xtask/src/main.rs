//! `cargo xtask`: installs the library for kdb+ or KDB-X, removes it again, packs it for distribution.

mod dist;
mod install;
mod licences;
mod options;
mod platform;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};

use options::{Action, Options};
use platform::Platform;

const USAGE: &str = "\
cargo xtask install      builds ffijit and installs it for kdb+: the library in $QHOME/<platform>, ffi.q in $QHOME
cargo xtask uninstall    removes that
cargo xtask dist         packs library, scripts, examples, documentation and licences into an archive

  --module         install and uninstall the KDB-X module instead, in $QHOME/mod or else ~/.kx/mod
  --to DIR         the folder to use instead of $QHOME, of the module folder, or of target/dist
  --target NAME    build for another platform, by kdb+'s name (l64, l64arm, w64) or by Rust's
  --library FILE   take this library instead of building one
";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let Some(options) = Options::of(arguments)? else {
        print!("{USAGE}");
        return Ok(());
    };
    let triple = options.target.clone().map_or_else(host_triple, Ok)?;
    let platform = Platform::of(&triple)?;
    match options.action {
        Action::Install => {
            install::install(&destination(&options)?, &platform, &library(&options, &platform)?)
        }
        Action::Uninstall => install::uninstall(&destination(&options)?, &platform),
        Action::Dist => {
            let to = options.to.clone().unwrap_or_else(|| root().join("target/dist"));
            let archives = dist::pack(&to, &platform, &triple, &library(&options, &platform)?)?;
            archives.iter().for_each(|archive| println!("{archive}"));
            Ok(())
        }
    }
}

/// The folder of this checkout.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

fn destination(options: &Options) -> Result<install::Destination> {
    let folder = |name: &str| std::env::var_os(name).filter(|x| !x.is_empty()).map(PathBuf::from);
    let home = || folder("QHOME").context("QHOME is not set: set it to the folder of q.k, or say --to DIR");
    if !options.module {
        return Ok(install::Destination::Home(options.to.clone().map_or_else(home, Ok)?));
    }
    let modules = || {
        let here = folder("QHOME").map(|home| home.join("mod"));
        here.or_else(|| folder("HOME").map(|home| home.join(".kx/mod")))
            .context("neither QHOME nor HOME is set")
    };
    Ok(install::Destination::Modules(options.to.clone().map_or_else(modules, Ok)?))
}

/// The library to install: the one given, or one built now.
fn library(options: &Options, platform: &Platform) -> Result<PathBuf> {
    if let Some(file) = &options.library {
        ensure!(file.is_file(), "{}: no such file", file.display());
        return Ok(file.clone());
    }
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--package", "ffijit", "--lib"]).current_dir(root());
    build.envs(commit().map(|commit| ("FFIJIT_COMMIT", commit)));
    if let Some(target) = &options.target {
        build.args(["--target", target]);
        // What the user has set counts.
        let unset = |(name, _): &(String, &str)| std::env::var_os(name).is_none();
        build.envs(platform.tools().into_iter().filter(unset));
    }
    ensure!(build.status().context("cargo")?.success(), "the library could not be built");
    let folder =
        cargo_metadata::MetadataCommand::new().no_deps().current_dir(root()).exec()?.target_directory;
    let target = options.target.as_deref().unwrap_or_default();
    Ok(folder.as_std_path().join(target).join("release").join(platform.built))
}

/// The commit of this checkout, marked when files differ from it; `None` outside of git.
fn commit() -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).current_dir(root()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let is_clean = git(&["status", "--porcelain"])?.is_empty();
    Some(if is_clean { commit } else { format!("{commit}-modified") })
}

/// Rust's name of this machine's platform.
fn host_triple() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("rustc")?;
    let text = String::from_utf8(output.stdout).context("rustc -vV")?;
    match text.lines().find_map(|line| line.strip_prefix("host: ")) {
        Some(triple) => Ok(triple.to_string()),
        None => bail!("rustc -vV names no host"),
    }
}
