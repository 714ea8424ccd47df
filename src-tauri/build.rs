//! Builds the application's manifest of commands from the capability file, so that the window may call what is
//! listed there and nothing else.

use std::{error::Error, fs};

/// The one list of what the window may call.
const CAPABILITY: &str = "capabilities/default.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={CAPABILITY}");
    let manifest = tauri_build::AppManifest::new().commands(own_commands()?);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}

/// Every `allow-save-score` of the capability file as the command `save_score`. Permissions of plugins carry a colon
/// and are theirs to declare.
fn own_commands() -> Result<&'static [&'static str], Box<dyn Error>> {
    let capability: serde_json::Value = serde_json::from_str(&fs::read_to_string(CAPABILITY)?)?;
    let permissions = capability["permissions"].as_array().ok_or("the capability file has no list of permissions")?;
    let mut commands: Vec<&'static str> = Vec::new();
    for permission in permissions.iter().filter_map(serde_json::Value::as_str) {
        if let Some(name) = permission.strip_prefix("allow-") {
            commands.push(name.replace('-', "_").leak());
        }
    }
    Ok(commands.leak())
}
