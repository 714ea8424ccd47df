//! The pages of the application: their packages, their build, whether the build is still fresh.

use crate::{failure::Failure, house::House, program::Program, say::Say};
use std::{fs, path::Path, time::SystemTime};

/// The oldest Node with which the pages' tools work (major, minor).
const OLDEST_NODE: (u32, u32) = (20, 19);

/// What the pages are built from, below `ui/`.
const SOURCES: &[&str] =
    &["src", "public", "scripts", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json"];

/// Installs exactly the packages of the lock file, unless they are here already.
///
/// # Errors
/// When Node or npm is missing or too old, or npm fails.
pub(crate) fn install(house: &House, say: &Say) -> Result<(), Failure> {
    check_node()?;
    let ui = house.ui();
    // npm writes this file last, so it stands for a complete installation.
    let installed = modified(&ui.join("node_modules").join(".package-lock.json"));
    let locked = modified(&ui.join("package-lock.json"));
    if installed.is_some() && installed >= locked {
        return Ok(());
    }
    say.step("安装页面的依赖", "npm ci: the packages of the pages, exactly as locked");
    Program::npm().args(["ci", "--no-audit", "--no-fund"]).inside(&ui).run().map_err(|failure| {
        failure.advise("检查网络与 npm 源后重试 / check the network and the npm registry, then run again")
    })
}

/// Checks types and builds the pages, always.
pub(crate) fn build(house: &House, say: &Say) -> Result<(), Failure> {
    say.step("检查页面的类型并构建", "Type check and build of the pages: the application carries them inside");
    Program::npm().args(["run", "build"]).inside(house.ui()).run()
}

/// Builds the pages if anything they are made of changed since the last time.
pub(crate) fn build_if_stale(house: &House, say: &Say) -> Result<(), Failure> {
    let ui = house.ui();
    let built = modified(&ui.join("dist").join("index.html"));
    let changed = SOURCES.iter().filter_map(|source| newest(&ui.join(source))).max();
    if built.is_some() && built >= changed {
        say.note("页面未变，不重建 / the pages are fresh");
        return Ok(());
    }
    build(house, say)
}

fn check_node() -> Result<(), Failure> {
    let advice = format!(
        "安装 Node {}.{} 或更新版本（含 npm） / install Node {}.{} or newer with npm: https://nodejs.org",
        OLDEST_NODE.0, OLDEST_NODE.1, OLDEST_NODE.0, OLDEST_NODE.1
    );
    let Some(answer) = Program::new("node").args(["--version"]).answer() else {
        return Err(Failure::new("没有 Node / Node is missing", advice));
    };
    if node_version(&answer).is_none_or(|version| version < OLDEST_NODE) {
        return Err(Failure::new(format!("Node 过旧 / Node is too old: {answer}"), advice));
    }
    if Program::npm().args(["--version"]).answer().is_none() {
        return Err(Failure::new("没有 npm / npm is missing", advice));
    }
    Ok(())
}

/// Major and minor of `v20.20.2`.
fn node_version(answer: &str) -> Option<(u32, u32)> {
    let mut parts = answer.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// When the youngest file at or below `path` changed. A folder counts too: its time moves when a file is removed.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = modified(path)?;
    let Ok(entries) = fs::read_dir(path) else { return Some(own) };
    entries.flatten().filter_map(|entry| newest(&entry.path())).chain([own]).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_by_number() {
        assert_eq!(node_version("v20.20.2"), Some((20, 20)));
        assert!(node_version("v20.9.0").is_some_and(|version| version < OLDEST_NODE), "9 is less than 19");
        assert!(node_version("v22.1.0").is_some_and(|version| version > OLDEST_NODE));
        assert_eq!(node_version("20.20.2"), None);
        assert_eq!(node_version(""), None);
    }
}
