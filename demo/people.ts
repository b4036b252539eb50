/**
 * Everybody in the made-up organiser's address book. Names are common ones of South Africa; no person
 * is meant, and every address is of example.org, a domain that nobody has.
 */

/** First and last name; the same two words may be two people. */
type Name = readonly [first: string, last: string];

/** The one in this list who has no e-mail is {@link WITHOUT_EMAIL}. */
export const SPEAKERS_LAST_YEAR: readonly Name[] = [
  ["Thabo", "Nkosi"],
  ["Nomsa", "Nkosi"],
  ["Jane", "Smith"],
  ["Sipho", "Dlamini"],
  ["Lerato", "Mokoena"],
  ["Pieter", "van der Merwe"],
  ["Priya", "Naidoo"],
  ["Ayanda", "Mthembu"],
  ["Rendani", "Mudau"],
  ["Fatima", "Patel"],
  ["Kagiso", "Molefe"],
  ["Zoë", "Botha"],
  ["Vukosi", "Chauke"],
  ["Siyabonga", "Zulu"],
  ["Anathi", "Ngcobo"],
  ["Michael", "O'Connor"],
  ["Bongani", "Khumalo"],
];

export const SPEAKERS_BEFORE: readonly Name[] = [
  ["Tebogo", "Modise"],
  ["Johan", "Steyn"],
  ["Kavitha", "Govender"],
  ["Unathi", "Mbeki"],
  ["Mpho", "Ramaphosa"],
];

export const ORGANISERS: readonly Name[] = [
  ["Busisiwe", "Cele"],
  ["Willem", "Kruger"],
  ["Shanti", "Pillay"],
];

export const SPONSORS: readonly Name[] = [
  ["Khanyi", "Radebe"],
  ["Francois", "Joubert"],
  ["Imraan", "Cassim"],
  ["Emma", "Williams"],
];

export const ATTENDEES: readonly Name[] = [
  ["Jane", "Smith"],
  ["Nokuthula", "Buthelezi"],
  ["Themba", "Sithole"],
  ["Zanele", "Mkhize"],
  ["Xolani", "Ndlovu"],
  ["Nosipho", "Gumede"],
  ["Lwazi", "Qwabe"],
  ["Phumzile", "Mlambo"],
  ["Mandla", "Zungu"],
  ["Thandiwe", "Mabaso"],
  ["Refilwe", "Mahlangu"],
  ["Tshepo", "Mashaba"],
  ["Palesa", "Tau"],
  ["Katlego", "Seleka"],
  ["Boitumelo", "Phiri"],
  ["Neo", "Letsoalo"],
  ["Aphiwe", "Sobukwe"],
  ["Lindiwe", "Xaba"],
  ["Mulalo", "Tshivhase"],
  ["Tsakani", "Baloyi"],
  ["Hlulani", "Maluleke"],
  ["Annelise", "Pretorius"],
  ["Gerhard", "Coetzee"],
  ["Marlene", "du Plessis"],
  ["Hendrik", "Viljoen"],
  ["Rajesh", "Moodley"],
  ["Anisha", "Reddy"],
  ["Yusuf", "Ismail"],
  ["Ashwin", "Maharaj"],
  ["Sarah", "Jacobs"],
  ["David", "Adams"],
  ["Grace", "Petersen"],
];

/** A couple that reads one mailbox. */
const SHARED_MAILBOX = new Map([
  ["Thabo Nkosi", "nkosi@example.org"],
  ["Nomsa Nkosi", "nkosi@example.org"],
]);

const WITHOUT_EMAIL = "Bongani Khumalo";

/** A person as the exports name them. */
export interface Person {
  first_name: string;
  last_name: string;
  email: string | null;
}

/**
 * Everybody, each once, with an address made from the name. A namesake's address begins with the first
 * name alone, as happens where the better one is taken.
 */
export function everybody(): Person[] {
  const taken = new Set<string>();
  return [...SPEAKERS_LAST_YEAR, ...SPEAKERS_BEFORE, ...ORGANISERS, ...SPONSORS, ...ATTENDEES].map(
    ([first, last]) => {
      const name = `${first} ${last}`;
      const usual = SHARED_MAILBOX.get(name) ?? `${mailbox(first)}.${mailbox(last)}@example.org`;
      const email = taken.has(name) ? `${mailbox(first)}@example.org` : usual;
      taken.add(name);
      return { first_name: first, last_name: last, email: name === WITHOUT_EMAIL ? null : email };
    },
  );
}

function mailbox(name: string): string {
  return name
    .normalize("NFD")
    .replace(/[^a-z]/giu, "")
    .toLowerCase();
}
