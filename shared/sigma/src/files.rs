//! Rules on disk.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use crate::LoadError;

/// The name of a file and its text, for [`load`](crate::load): of a file, or of every `*.yml` and `*.yaml` in a folder and
/// below it, by name. Symbolic links are followed.
pub fn read(path: &Path) -> Result<Vec<(String, String)>, LoadError> {
    let shown = path.display();
    if !path.is_dir() {
        let text = fs::read_to_string(path).map_err(|error| LoadError(vec![format!("{shown}: {error}")]))?;
        return Ok(vec![(shown.to_string(), text)]);
    }
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for entry in WalkDir::new(path).follow_links(true).sort_by_file_name() {
        let file = match entry {
            Ok(entry) if is_rule(&entry) => entry.into_path(),
            Ok(_) => continue,
            Err(error) => {
                errors.push(error.to_string());
                continue;
            }
        };
        match fs::read_to_string(&file) {
            Ok(text) => files.push((file.display().to_string(), text)),
            Err(error) => errors.push(format!("{}: {error}", file.display())),
        }
    }
    if errors.is_empty() && files.is_empty() {
        errors.push(format!("{shown}: no *.yml and no *.yaml in this folder"));
    }
    if errors.is_empty() { Ok(files) } else { Err(LoadError(errors)) }
}

fn is_rule(entry: &DirEntry) -> bool {
    let extension = entry.path().extension().and_then(OsStr::to_str);
    entry.file_type().is_file() && extension.is_some_and(|extension| ["yml", "yaml"].contains(&extension))
}
