//! The archive.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, GzBuilder};

use crate::install::Destination;
use crate::platform::Platform;
use crate::{licences, root};

/// Writes `ffijit-<version>-<platform>.tar.gz` into a folder. In it are `q`, to be copied over QHOME, `mod`, to be
/// copied into a folder of modules, and what belongs to them; its examples run where it is unpacked.
pub fn pack(folder: &Path, platform: &Platform, triple: &str, library: &Path) -> Result<PathBuf> {
    let name = format!("ffijit-{}-{}", env!("CARGO_PKG_VERSION"), platform.folder);
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let staged = tempfile::tempdir_in(folder).with_context(|| folder.display().to_string())?;
    let tree = staged.path().join(&name);
    let destinations = [Destination::Home(tree.join("q")), Destination::Modules(tree.join("mod"))];
    for destination in &destinations {
        for file in destination.files(platform, library)? {
            copy(&file.from, &file.to)?;
        }
    }
    for file in tracked(&["README.md", "CHANGELOG.md", "LICENSE", "docs", "examples", "lib"])? {
        copy(&root().join(&file), &tree.join(&file))?;
    }
    for (path, text) in licences::collect(triple)? {
        let to = tree.join("licences").join(path);
        fs::create_dir_all(to.parent().context("a file has a folder")?)?;
        fs::write(&to, text)?;
    }
    let archive = folder.join(format!("{name}.tar.gz"));
    compress(&tree, &name, &archive).with_context(|| archive.display().to_string())?;
    Ok(archive)
}

/// The files below these paths that belong to the project.
fn tracked(paths: &[&str]) -> Result<Vec<PathBuf>> {
    let output =
        Command::new("git").arg("ls-files").args(paths).current_dir(root()).output().context("git")?;
    ensure!(
        output.status.success(),
        "git does not list the files: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?.lines().map(PathBuf::from).collect())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file has a folder")?)?;
    fs::copy(from, to).with_context(|| from.display().to_string())?;
    Ok(())
}

/// Packs a folder so that the same files give the same bytes. The archive is there when it is complete.
fn compress(tree: &Path, name: &str, archive: &Path) -> Result<()> {
    let part = archive.with_extension("part");
    let gzip = GzBuilder::new().write(fs::File::create(&part)?, Compression::default());
    let mut tar = tar::Builder::new(gzip);
    tar.mode(tar::HeaderMode::Deterministic);
    append(&mut tar, tree, Path::new(name))?;
    tar.into_inner()?.finish()?;
    Ok(fs::rename(&part, archive)?)
}

/// Adds a folder's files in the order of their names.
fn append<W: std::io::Write>(tar: &mut tar::Builder<W>, folder: &Path, name: &Path) -> Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        let name = name.join(entry.file_name().unwrap_or_default());
        match entry.is_dir() {
            true => append(tar, &entry, &name)?,
            false => tar.append_path_with_name(&entry, &name)?,
        }
    }
    Ok(())
}
