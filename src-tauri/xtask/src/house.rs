//! Where things are.

use crate::failure::Failure;
use std::{
    env,
    path::{Path, PathBuf},
};

/// The checkout and the folder into which cargo builds.
pub(crate) struct House {
    root: PathBuf,
    built: PathBuf,
}

impl House {
    /// Finds the checkout above this crate, and the build folder around the program that runs now.
    pub(crate) fn find() -> Result<Self, Failure> {
        // Set by `cargo run` when the checkout was moved since; else where this was compiled.
        let crate_folder =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = crate_folder
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file() && folder.join("src-tauri").is_dir())
            .ok_or_else(|| {
                Failure::new(
                    "找不到项目根目录 / the checkout was not found",
                    "在项目目录内运行 / run inside the checkout",
                )
            })?
            .to_path_buf();
        let built = env::current_exe()
            .ok()
            .and_then(|program| program.parent().map(Path::to_path_buf))
            .unwrap_or_else(|| root.join("target").join("debug"));
        Ok(Self { root, built })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The pages' own folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A folder below `target` for what tasks keep between runs.
    pub(crate) fn kept(&self, name: &str) -> PathBuf {
        self.built.parent().unwrap_or(&self.built).join(name)
    }

    /// A program of this workspace as cargo built it.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.built.join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
