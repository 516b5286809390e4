//! The licences of what is linked into the library.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId, TargetKind};

use crate::root;

/// Begins the names of files that hold a licence or a notice, in lowercase.
const NAMES: [&str; 6] = ["license", "licence", "unlicense", "copying", "copyright", "notice"];

/// Licence texts by the path they get: `crate-version/file`.
pub type Texts = BTreeMap<PathBuf, Vec<u8>>;

/// The texts of all crates that are linked in for a platform, by Rust's name, of the C code that they bring, and of
/// Rust's standard library.
pub fn collect(triple: &str) -> Result<Texts> {
    let other = ["--filter-platform".to_string(), triple.to_string()];
    let metadata = MetadataCommand::new().current_dir(root()).other_options(other).exec()?;
    let linked = linked(&metadata)?;
    let mut texts = Texts::new();
    for package in &linked {
        let own = texts_of(package.manifest_path.parent().context("a crate has a folder")?.as_std_path())?;
        let found = if has_own(&own) { own } else { [own, stand_in(package, &linked)?].concat() };
        let folder = format!("{}-{}", package.name, package.version);
        texts.extend(found.into_iter().map(|(name, text)| (Path::new(&folder).join(name), text)));
    }
    texts.extend(standard_library()?.into_iter().map(|(name, text)| (Path::new("rust").join(name), text)));
    Ok(texts)
}

/// A name and a text.
type Text = (PathBuf, Vec<u8>);

/// Whether a crate's own licence is among the texts, rather than that of other code in a folder of it only.
fn has_own(texts: &[Text]) -> bool {
    texts.iter().any(|(name, _)| name.components().count() == 1)
}

/// The crates whose code is in the library: dependencies at run time of dependencies at run time.
fn linked(metadata: &Metadata) -> Result<Vec<&Package>> {
    let graph = metadata.resolve.as_ref().context("cargo metadata resolves")?;
    let ours =
        metadata.packages.iter().find(|p| p.name.as_str() == "ffijit").context("the package ffijit")?;
    let mut seen: BTreeSet<&PackageId> = BTreeSet::from([&ours.id]);
    let mut open = vec![&ours.id];
    while let Some(id) = open.pop() {
        let node = graph.nodes.iter().find(|node| &node.id == id).context("a crate of the graph")?;
        let at_run_time =
            node.deps.iter().filter(|d| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal));
        open.extend(at_run_time.map(|d| &d.pkg).filter(|&id| !is_macro(&metadata[id]) && seen.insert(id)));
    }
    Ok(metadata.packages.iter().filter(|p| p.id != ours.id && seen.contains(&p.id)).collect())
}

/// Procedural macros run in the compiler.
fn is_macro(package: &Package) -> bool {
    package.targets.iter().any(|target| target.kind.contains(&TargetKind::ProcMacro))
}

/// The licences in a crate's folder, and in the folders right below it, where C code has its own.
fn texts_of(folder: &Path) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for file in sorted(folder)? {
        let name = PathBuf::from(file.file_name().unwrap_or_default());
        if file.is_dir() {
            let below = sorted(&file)?.into_iter().filter(|f| f.is_file() && is_licence(f));
            for file in below {
                texts.push((name.join(file.file_name().unwrap_or_default()), fs::read(&file)?));
            }
        } else if is_licence(&file) {
            texts.push((name, fs::read(&file)?));
        }
    }
    Ok(texts)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

fn is_licence(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    NAMES.iter().any(|start| name.starts_with(start)) && !name.ends_with(".rs")
}

/// For a crate that comes without its licence: the text of another crate under the same terms, or, where Apache-2.0 is
/// one of its terms, ours.
fn stand_in(package: &Package, linked: &[&Package]) -> Result<Vec<Text>> {
    let terms = package.license.as_deref().with_context(|| format!("{} names no licence", package.name))?;
    let alike = linked.iter().filter(|other| other.license.as_deref() == Some(terms));
    for other in alike {
        let mut texts = texts_of(other.manifest_path.parent().context("a folder")?.as_std_path())?;
        texts.retain(|(name, _)| name.components().count() == 1);
        // Their notices are their own.
        texts.retain(|(name, _)| !name.to_string_lossy().to_lowercase().starts_with("notice"));
        if !texts.is_empty() {
            return Ok(texts);
        }
    }
    let is_apache = terms.split([' ', '/']).any(|term| term == "Apache-2.0");
    ensure!(is_apache, "{} comes without its licence, {terms}", package.name);
    Ok(vec![("LICENSE".into(), fs::read(root().join("LICENSE"))?)])
}

/// Those of Rust's standard library, as Rust's own documentation has them.
fn standard_library() -> Result<Vec<Text>> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().context("rustc")?;
    let sysroot = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    let folder = sysroot.join("share/doc/rust");
    let overview = folder.join("COPYRIGHT-library.html");
    let parts = fs::read_to_string(&overview).with_context(|| overview.display().to_string())?;
    let mut texts = vec![("COPYRIGHT-library.html".into(), parts.clone().into_bytes())];
    for file in sorted(&folder.join("licenses"))? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        // The folder has those of the compiler and the documentation too.
        if parts.contains(&*name) {
            texts.push((file.strip_prefix(&folder)?.into(), fs::read(&file)?));
        }
    }
    Ok(texts)
}
