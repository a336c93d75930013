//! The roles of people in groups and cooperatives.

use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// A person's role in a group.
    MemberRole {
        /// Leads the group.
        Chair = "chair",
        /// Keeps its records.
        Secretary = "secretary",
        /// Keeps its money.
        Treasurer = "treasurer",
        /// Works in the group.
        Member = "member",
    }
}

impl MemberRole {
    /// Whether the role acts for the group: every role but `Member`.
    pub fn is_officer(self) -> bool {
        self != MemberRole::Member
    }

    /// The name of the role, for people.
    pub(super) const fn display_name(self, language: Language) -> &'static str {
        match (self, language) {
            (MemberRole::Chair, Language::Indonesian) => "ketua",
            (MemberRole::Secretary, Language::Indonesian) => "sekretaris",
            (MemberRole::Treasurer, Language::Indonesian) => "bendahara",
            (MemberRole::Member, Language::Indonesian) => "anggota",
            (MemberRole::Chair, Language::English) => "chair",
            (MemberRole::Secretary, Language::English) => "secretary",
            (MemberRole::Treasurer, Language::English) => "treasurer",
            (MemberRole::Member, Language::English) => "member",
        }
    }
}

text_enum! {
    /// A person's office in a cooperative.
    Office {
        /// Governs the cooperative.
        Board = "board",
        /// Keeps its money.
        Treasurer = "treasurer",
        /// Supervises the board and the books.
        Supervisor = "supervisor",
        /// Mentors its groups.
        Companion = "companion",
        /// Observes the cooperative for a government agency.
        Agency = "agency",
    }
}
