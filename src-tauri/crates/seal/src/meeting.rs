//! What must be verified before a sheet can be: the bureau's card, the round it issued, the roster it approved.
//!
//! Trust runs one way: the verifier knows the bureau's key; the bureau's key signs round and roster; the roster names the
//! keys of everyone else. No key is ever taken from the file that it is to verify, the enrolment card apart.

use review::{
    ids::{Digest, KeyId},
    naming,
    panel::{self, Composition, PanelError},
    roster::{Card, Handout, Panel, Person, Roster},
    round::{Centre, Dossier, Round},
    rulebook::{InForce, Rulebook, RulebookError},
    scheme::{Scheme, SchemeError},
    sheet::{Absence, Binding, MAX_REASON, Sheet, SheetError, check_text},
};

use crate::{
    jws::{self, JwsError, Signed, Verified},
    key::{key_id, sha256},
    limits,
};

/// Why a round, a roster or what hangs on them is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeetingError {
    /// A signed file in it does not verify.
    #[error("{what}: {error}")]
    Jws {
        /// Which: `card`, `round`, `roster`, `panel`, `handout`.
        what: &'static str,
        /// Why.
        error: JwsError,
    },
    /// The rulebook file cannot be read.
    #[error(transparent)]
    Rulebook(#[from] RulebookError),
    /// The round names another rulebook than the file that came with it.
    #[error("the rulebook is not the one that the round names")]
    RulebookDigest,
    /// The round's scheme could not have been issued.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// The round lies outside the rulebook's period and no reason is given.
    #[error("out of force without a reason")]
    OutOfForce,
    /// The round names another bureau key than the card that came with it.
    #[error("the round names another bureau key")]
    BureauKey,
    /// A dossier's manifest digest does not fit its list of documents, two centres share an id, or a name breaks the rules.
    #[error("the list of centres or documents is not sound")]
    Centres,
    /// The roster or panel is for another round.
    #[error("for another round")]
    AnotherRound,
    /// The list of people cannot be a panel.
    #[error(transparent)]
    People(#[from] PanelError),
    /// A key's thumbprint is not the one that stands beside it, or the person's texts cannot stand on a form.
    #[error("a person's key or texts are not sound")]
    Thumbprint {
        /// The thumbprint as stated.
        key: KeyId,
    },
    /// The panel does not meet Article 11 for a centre.
    #[error("the panel does not meet Article 11")]
    Composition {
        /// The centre's full name.
        centre: String,
        /// Article 11 for it.
        composition: Box<Composition>,
    },
}

/// Tags a signature error with the file it came from.
pub(crate) fn in_file(what: &'static str) -> impl FnOnce(JwsError) -> MeetingError {
    move |error| MeetingError::Jws { what, error }
}

/// An issued round (已发布轮次): the bureau's card, the round that its key signed and the rulebook that the round names.
#[derive(Clone, Debug)]
pub struct Issued {
    bureau: Verified<Card>,
    round: Verified<Round>,
    rulebook_bytes: Vec<u8>,
    rulebook: Rulebook,
}

impl Issued {
    /// Reads and verifies the three together. Whether the bureau is one to trust is the caller's question:
    /// see [`Issued::bureau`].
    ///
    /// # Errors
    /// The first [`MeetingError`], from the card outwards.
    pub fn read(card: &[u8], round: &[u8], rulebook: &[u8]) -> Result<Self, MeetingError> {
        let bureau = jws::read_card(card).map_err(in_file("card"))?;
        let round = jws::verify::<Round>(round, &[&bureau.person.jwk]).map_err(in_file("round"))?;
        if round.bureau_key != bureau.person.key {
            return Err(MeetingError::BureauKey);
        }
        if round.rulebook.digest != sha256(rulebook) {
            return Err(MeetingError::RulebookDigest);
        }
        let text = std::str::from_utf8(rulebook).map_err(|_| MeetingError::RulebookDigest)?;
        let parsed = Rulebook::parse(text)?;
        check_round(&round, &parsed)?;
        Ok(Self { bureau, round, rulebook_bytes: rulebook.to_vec(), rulebook: parsed })
    }

    /// The bureau's card: who issued the round, to be compared with whom one trusts.
    #[must_use]
    pub const fn bureau(&self) -> &Verified<Card> {
        &self.bureau
    }

    /// The round.
    #[must_use]
    pub const fn round(&self) -> &Verified<Round> {
        &self.round
    }

    /// The rules.
    #[must_use]
    pub const fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// The rulebook file, byte for byte.
    #[must_use]
    pub fn rulebook_bytes(&self) -> &[u8] {
        &self.rulebook_bytes
    }

    /// Checks a panel for this round: distinct people with sound keys, a chair, a lawful term, Article 11 for every centre.
    ///
    /// # Errors
    /// [`MeetingError::AnotherRound`], [`MeetingError::Thumbprint`], [`MeetingError::People`],
    /// [`MeetingError::Composition`].
    pub fn check_panel(&self, panel: &Panel) -> Result<(), MeetingError> {
        if panel.round != self.round.id || panel.round_digest != self.round.digest() {
            return Err(MeetingError::AnotherRound);
        }
        for person in panel.members.iter().chain([&panel.secretary]) {
            if key_id(&person.jwk) != person.key || !person.is_sound() {
                return Err(MeetingError::Thumbprint { key: person.key.clone() });
            }
        }
        let (rules, secretary) = (&self.rulebook.panel, &panel.secretary);
        panel::check_people(rules, &panel.members, &panel.chair, &secretary.key, panel.term, self.round.held_on)?;
        for centre in &self.round.centres {
            let composition = Composition::of(&self.rulebook.panel, &centre.host, &panel.members);
            if !composition.is_lawful() {
                let centre = centre.name.clone();
                return Err(MeetingError::Composition { centre, composition: Box::new(composition) });
            }
        }
        Ok(())
    }
}

/// What a round must be before it is issued, and is checked to be whenever it is read.
///
/// # Errors
/// [`MeetingError::Scheme`], [`MeetingError::OutOfForce`], [`MeetingError::Centres`].
pub fn check_round(round: &Round, rulebook: &Rulebook) -> Result<(), MeetingError> {
    round.scheme.check_issuable()?;
    let reason = round.out_of_force_reason.as_deref().unwrap_or_default();
    if rulebook.in_force(round.held_on) != InForce::Yes && check_text(reason, 1, MAX_REASON).is_err() {
        return Err(MeetingError::OutOfForce);
    }
    let distinct = |centre: &Centre| round.centres.iter().filter(|other| other.id == centre.id).count() == 1;
    let sound = !round.centres.is_empty()
        && round.has_sound_texts()
        && round.centres.iter().all(|centre| naming::check(&rulebook.name, &centre.name).is_ok())
        && round.period.from <= round.period.to
        && round.centres.iter().all(|centre| distinct(centre) && sound_dossier(&centre.dossier));
    if sound { Ok(()) } else { Err(MeetingError::Centres) }
}

/// Whether a dossier's list of documents is sorted, has lawful distinct names and fits its manifest digest.
fn sound_dossier(dossier: &Dossier) -> bool {
    let mut names = limits::Names::new();
    dossier.version > 0
        && dossier.manifest == sha256(Dossier::manifest_text(&dossier.documents).as_bytes())
        && dossier.documents.is_sorted_by(|a, b| a.name < b.name)
        && dossier.documents.iter().all(|d| !d.name.contains('/') && names.add(&d.name).is_ok())
}

/// The digest that a sheet names its scheme by: of the compact JSON as it stands in the round.
#[must_use]
pub fn scheme_digest(scheme: &Scheme) -> Digest {
    // A scheme is numbers and short texts: it always has a JSON form.
    sha256(&serde_json::to_vec(scheme).unwrap_or_default())
}

/// Why a sheet or an absence is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetRefusal {
    /// It does not verify, or is signed by nobody of the roster.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// It claims a key that the roster does not name.
    #[error("signed by a key that the roster does not name")]
    Stranger {
        /// The key.
        key: KeyId,
    },
    /// Signed by one member in the name of another.
    #[error("signed in the name of another")]
    AnotherName {
        /// Who signed.
        key: KeyId,
    },
    /// Well signed, but it cannot stand.
    #[error("{error}")]
    Unsound {
        /// Why.
        error: SheetError,
        /// Whose.
        expert: KeyId,
        /// For which centre, as stated.
        centre: review::ids::CentreId,
    },
}

/// A meeting (评审会): an issued round and the roster of who may sign in it.
#[derive(Clone, Debug)]
pub struct Meeting {
    issued: Issued,
    roster: Verified<Roster>,
    binding: Binding,
}

impl Meeting {
    /// Reads the roster of an issued round.
    ///
    /// # Errors
    /// [`MeetingError::Jws`]; those of [`Issued::check_panel`].
    pub fn read(issued: Issued, roster: &[u8]) -> Result<Self, MeetingError> {
        let roster = jws::verify::<Roster>(roster, &[&issued.bureau.person.jwk]).map_err(in_file("roster"))?;
        issued.check_panel(&roster.panel)?;
        let binding = Binding {
            round: issued.round.id.clone(),
            round_digest: issued.round.digest(),
            roster_digest: roster.digest(),
            rulebook_digest: issued.round.rulebook.digest,
            scheme_digest: scheme_digest(&issued.round.scheme),
        };
        Ok(Self { issued, roster, binding })
    }

    /// The issued round.
    #[must_use]
    pub const fn issued(&self) -> &Issued {
        &self.issued
    }

    /// The round.
    #[must_use]
    pub const fn round(&self) -> &Verified<Round> {
        &self.issued.round
    }

    /// The rules.
    #[must_use]
    pub const fn rulebook(&self) -> &Rulebook {
        &self.issued.rulebook
    }

    /// The roster.
    #[must_use]
    pub const fn roster(&self) -> &Verified<Roster> {
        &self.roster
    }

    /// The approved panel.
    #[must_use]
    pub fn panel(&self) -> &Panel {
        &self.roster.value().panel
    }

    /// What everything signed at this meeting is bound to.
    #[must_use]
    pub const fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The chair. The roster was checked to name one of its members.
    #[must_use]
    pub fn chair(&self) -> Option<&Person> {
        self.panel().member(&self.panel().chair)
    }

    /// Verifies a score sheet or recusal: signed by the member in whose name it speaks, bound to this meeting, sound.
    ///
    /// # Errors
    /// The first [`SheetRefusal`].
    pub fn read_sheet(&self, bytes: &[u8]) -> Result<Verified<Sheet>, SheetRefusal> {
        let claimed = jws::kids(bytes, Sheet::MAX_BYTES)?;
        let key = claimed.first().ok_or(JwsError::Form)?;
        let member = self.panel().member(key).ok_or_else(|| SheetRefusal::Stranger { key: key.clone() })?;
        let sheet = jws::verify::<Sheet>(bytes, &[&member.jwk])?;
        if sheet.expert != member.key {
            return Err(SheetRefusal::AnotherName { key: member.key.clone() });
        }
        sheet.check(&self.binding, self.round()).map_err(|error| SheetRefusal::Unsound {
            error,
            expert: sheet.expert.clone(),
            centre: sheet.dossier.centre.clone(),
        })?;
        Ok(sheet)
    }

    /// Verifies an absence: signed by the secretary, for a member and a centre of this meeting.
    ///
    /// # Errors
    /// The first [`SheetRefusal`].
    pub fn read_absence(&self, bytes: &[u8]) -> Result<Verified<Absence>, SheetRefusal> {
        let absence = jws::verify::<Absence>(bytes, &[&self.panel().secretary.jwk])?;
        let check = || {
            absence.binding.check(&self.binding)?;
            if self.round().centre(&absence.centre).is_none() {
                return Err(SheetError::Centre);
            }
            if self.panel().member(&absence.expert).is_none() {
                return Err(SheetError::Expert);
            }
            check_text(&absence.reason, 1, MAX_REASON)
        };
        check().map_err(|error| SheetRefusal::Unsound {
            error,
            expert: absence.expert.clone(),
            centre: absence.centre.clone(),
        })?;
        Ok(absence)
    }

    /// Verifies the head of a dossier package: signed by the secretary, bound to this meeting.
    ///
    /// # Errors
    /// [`MeetingError::Jws`], [`MeetingError::AnotherRound`].
    pub fn read_handout(&self, bytes: &[u8]) -> Result<Verified<Handout>, MeetingError> {
        let handout = jws::verify::<Handout>(bytes, &[&self.panel().secretary.jwk]).map_err(in_file("handout"))?;
        handout.binding.check(&self.binding).map_err(|_| MeetingError::AnotherRound)?;
        Ok(handout)
    }
}
