//! The commands as TypeScript sees them: `ui/src/ipc/bindings.ts` is generated from here and compared in a test.

use desk::DeskError;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands};

use crate::{
    commands::{bureau, common, dialogs, expert, secretary, start},
    progress::Progress,
};

/// Every command but `document`, whose bytes are no JSON.
///
/// The `u64` that cross are sizes and counts of bytes: exact as JavaScript numbers up to 2⁵³, which no file reaches.
pub fn bindings() -> Builder<tauri::Wry> {
    Builder::new()
        .disable_serde_phases()
        .dangerously_cast_bigints_to_number()
        .error_handling(ErrorHandlingMode::Throw)
        .typ::<DeskError>()
        .typ::<Progress>()
        .commands(collect_commands![
            dialogs::pick_files,
            dialogs::pick_folder,
            dialogs::pick_save,
            start::start_view,
            start::create_desk,
            start::open_desk,
            start::recover_desk,
            start::take_recovery_key,
            start::renew_recovery_key,
            start::change_passphrase,
            start::lock_desk,
            start::make_sample,
            start::open_sample_desk,
            start::check_unit_code,
            common::rulebook,
            common::export_card,
            common::audit_trail,
            common::check_desk,
            common::backup,
            common::restore,
            bureau::rounds,
            bureau::round_new,
            bureau::round_update,
            bureau::draft,
            bureau::set_scheme,
            bureau::confirm_scheme,
            bureau::add_centre,
            bureau::update_centre,
            bureau::remove_centre,
            bureau::round_view,
            bureau::issue_round,
            bureau::read_panel,
            bureau::approve_panel,
            bureau::import_result,
            bureau::results,
            bureau::decide,
            bureau::register,
            bureau::export_register,
            bureau::deadlines,
            bureau::export_result_files,
            secretary::preview_round,
            secretary::import_round,
            secretary::import_cards,
            secretary::panel,
            secretary::set_panel,
            secretary::submit_panel,
            secretary::import_roster,
            secretary::issue_packs,
            secretary::collect,
            secretary::collect_view,
            secretary::record_absence,
            secretary::record_finding,
            secretary::remove_finding,
            secretary::dismiss_problem,
            secretary::compile,
            secretary::sign_result,
            secretary::export_result,
            secretary::export_receipts,
            secretary::export_inclusions,
            expert::preview_pack,
            expert::import_pack,
            expert::expert_rounds,
            expert::promise,
            expert::review_view,
            expert::save_draft,
            expert::recuse,
            expert::my_scores,
            expert::sign_view,
            expert::sign,
            expert::export_sheets,
            expert::adopt_sheets,
            expert::read_result,
            expert::countersign,
            expert::check_my_sheets,
        ])
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, env, fs, path::Path};

    use specta_typescript::Typescript;

    use super::*;

    /// Where the pages import them from.
    const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/ipc/bindings.ts");
    /// What the window is allowed.
    const CAPABILITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities/default.json");

    fn generated() -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bindings.ts");
        bindings().export(Typescript::default(), &path).unwrap();
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn bindings_are_current() {
        let generated = generated();
        if env::var_os("UPDATE_BINDINGS").is_some() {
            fs::write(KEPT, &generated).unwrap();
        }
        let kept = fs::read_to_string(KEPT).unwrap_or_default().replace("\r\n", "\n");
        assert!(kept == generated, "ui/src/ipc/bindings.ts is not current: run this test with UPDATE_BINDINGS=1");
    }

    #[test]
    fn the_window_may_call_exactly_the_commands_there_are() {
        let bindings = generated();
        let named = |line: &str| {
            Some(line.split_once("__TAURI_INVOKE<")?.1.split_once(">(\"")?.1.split_once('"')?.0.to_owned())
        };
        let mut commands: BTreeSet<String> = bindings.lines().filter_map(named).collect();
        assert!(commands.contains("save_draft"), "the names are read from the bindings as they are written there");
        commands.insert(crate::DOCUMENT.to_owned());

        let capability: serde_json::Value = serde_json::from_slice(&fs::read(Path::new(CAPABILITY)).unwrap()).unwrap();
        let permitted: BTreeSet<String> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|permission| permission.as_str()?.strip_prefix("allow-"))
            .map(|name| name.replace('-', "_"))
            .collect();
        assert_eq!(permitted, commands);
    }
}
