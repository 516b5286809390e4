//! The archive.

use std::fmt::{self, Write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

use crate::install::Destination;
use crate::platform::Platform;
use crate::{licences, root};

/// A file that has been written, its bytes, and their SHA-256 in hexadecimal digits.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

impl fmt::Display for Archive {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}  {} bytes, sha256 {}", self.path.display(), self.bytes, self.sha256)
    }
}

/// Names of the checksums within an archive, as `sha256sum -c` reads them.
const SUMS: &str = "SHA256SUMS";

/// Writes `ffijit-<version>-<platform>.tar.gz` into a folder. In it are `q`, to be copied over QHOME, `mod`, to be
/// copied into a folder of modules, and what belongs to them; its examples run where it is unpacked. The library's debug
/// information, where it has a file of its own, goes into an archive of its own, `…-debug.tar.gz`. Beside each is its
/// checksum.
pub fn pack(folder: &Path, platform: &Platform, triple: &str, library: &Path) -> Result<Vec<Archive>> {
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
    let mut archives = vec![close(folder, &tree, &name)?];
    let debug = library.with_file_name(format!("{}.dwp", platform.built));
    if debug.is_file() {
        let name = format!("{name}-debug");
        let tree = staged.path().join(&name);
        copy(&debug, &tree.join(format!("{}.dwp", platform.library())))?;
        archives.push(close(folder, &tree, &name)?);
    }
    Ok(archives)
}

/// Packs what is complete but for its checksums.
fn close(folder: &Path, tree: &Path, name: &str) -> Result<Archive> {
    let mut sums = String::new();
    list_sums(tree, Path::new(""), &mut sums)?;
    fs::write(tree.join(SUMS), sums)?;
    let path = folder.join(format!("{name}.tar.gz"));
    compress(tree, name, &path).with_context(|| path.display().to_string())?;
    let sha256 = sha256(&path)?;
    fs::write(folder.join(format!("{name}.tar.gz.sha256")), format!("{sha256}  {name}.tar.gz\n"))?;
    Ok(Archive { bytes: fs::metadata(&path)?.len(), path, sha256 })
}

/// Adds the checksum of each file below a folder, in the order of their names.
fn list_sums(tree: &Path, below: &Path, sums: &mut String) -> Result<()> {
    for entry in entries(&tree.join(below))? {
        let below = below.join(entry.file_name().unwrap_or_default());
        match entry.is_dir() {
            true => list_sums(tree, &below, sums)?,
            // Archives for Windows are read elsewhere too.
            false => {
                let name = below.display().to_string().replace('\\', "/");
                writeln!(sums, "{}  {name}", sha256(&entry)?)?;
            }
        }
    }
    Ok(())
}

fn sha256(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    Ok(Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
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

/// What is in a folder, in the order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

/// Adds a folder's files in the order of their names.
fn append<W: std::io::Write>(tar: &mut tar::Builder<W>, folder: &Path, name: &Path) -> Result<()> {
    for entry in entries(folder)? {
        let name = name.join(entry.file_name().unwrap_or_default());
        match entry.is_dir() {
            true => append(tar, &entry, &name)?,
            false => tar.append_path_with_name(&entry, &name)?,
        }
    }
    Ok(())
}
