//! Dossier packages (卷宗包), handed out to the members.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Arc,
};

use review::roster::{Handout, Role};
use seal::{
    bag::Content,
    jws,
    meeting::Meeting,
    packages::{Pack, RoundFile, document_path, write_pack},
};
use store::{
    Op,
    tables::{packs, rounds},
};

use super::require_ours;
use crate::{
    Desk, DeskError,
    dto::Written,
    output::{name_part, write_into},
};

/// Writes the dossier package for all members: `卷宗包-<title>.hjpack`. The documents go from the kept round package
/// straight into it. `progress` hears how many bytes are written, and of about how many.
///
/// # Errors
/// `ROSTER_MISSING`, `NOT_A_MEMBER`, `NOT_FOUND` where only the head of the round is here, `PASSPHRASE_WRONG`; those of
/// reading and writing.
pub fn issue_packs(
    desk: &mut Desk,
    round: &str,
    folder: &Path,
    passphrase: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Written, DeskError> {
    desk.require(Role::Secretary)?;
    let meeting = desk.meeting(round)?;
    require_ours(desk, &meeting)?;
    let documents = documents(desk, &meeting)?;
    let key = desk.key(passphrase)?;
    let handout = Handout {
        binding: meeting.binding().clone(),
        recipients: meeting.panel().members.iter().map(|member| member.key.clone()).collect(),
        handed_out_at: desk.host.clock.now(),
    };
    let handout = jws::sign(&handout, &key, &desk.host.random)?;
    drop(key);

    let all = meeting.round().centres.iter().flat_map(|centre| &centre.dossier.documents);
    let total = all.map(|document| document.size).sum::<u64>().saturating_mul(2);
    let mut done = 0;
    let mut step = |bytes: u64| {
        done += bytes;
        progress(done.min(total), total);
    };
    let mut writing = desk.store.files().start()?;
    write_pack(&meeting, &handout, documents, Counting { out: &mut writing, step: &mut step })?;
    let digest = writing.finish()?.digest;
    // Opened as a member would: a document that is not the one that the round names is found before it leaves.
    Pack::open(desk.store.open_file(&digest)?)?;
    let name = format!("卷宗包-{}.hjpack", name_part(&meeting.round().title));
    let mut kept = desk.store.open_file(&digest)?;
    let written = write_into(folder, &name, |out| {
        io::copy(&mut kept, &mut Counting { out, step: &mut step })
            .map_err(|error| DeskError::io(&folder.join(&name), &error))?;
        Ok(())
    })?;
    let at = desk.now();
    let pack = packs::Pack { digest, round_id: round.to_owned(), name, received_at: at.clone() };
    desk.store.transact(&at, Op::PacksIssued.on_all(&[round, &pack.digest]), |tx| packs::insert(tx, &pack))?;
    Ok(written)
}

/// Every document of every dossier, where it stands in the kept round package.
fn documents(desk: &Desk, meeting: &Meeting) -> Result<Vec<(String, Content)>, DeskError> {
    let row = rounds::get(&desk.store, meeting.round().id.as_str())?;
    let digest = row.and_then(|row| row.file_digest).ok_or_else(|| DeskError::not_found("round package"))?;
    let package = RoundFile::open(desk.store.open_file(&digest)?)?;
    let open = Arc::new(desk.store.files().opener(&digest)?);
    let mut found = vec![];
    for centre in &meeting.round().centres {
        for document in &centre.dossier.documents {
            let name = document_path(&centre.id, &document.name);
            let (start, size) = package.bag.stretch(&name).ok_or_else(|| DeskError::not_found("document"))?;
            let open = Arc::clone(&open);
            let stretch = move || {
                let mut package = open()?;
                package.seek(SeekFrom::Start(start))?;
                Ok(package.take(size))
            };
            found.push((name, Content::opened(stretch)));
        }
    }
    Ok(found)
}

/// Tells how much goes through.
struct Counting<'a, W: ?Sized> {
    out: &'a mut W,
    step: &'a mut dyn FnMut(u64),
}

impl<W: Write + ?Sized> Write for Counting<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        (self.step)(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
