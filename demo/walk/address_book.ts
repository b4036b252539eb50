import type { Assistant } from "../assistant.ts";
import { CHANGES, HISTORY_AND_GAPS, PAIRS } from "./excerpts.ts";

/** Corrects a person, makes one of two entries, tells two namesakes apart, and takes something back. */
export async function mendAddressBook(assistant: Assistant): Promise<void> {
  const { asked } = assistant;
  await asked(
    "Kagiso Molefe writes from another address now: kagiso.m@example.org.",
    "save_contact",
    { contact: "Kagiso Molefe", email: "kagiso.m@example.org" },
    CHANGES,
  );
  await asked(
    "Zoe Botha signed our newsletter's list: zoe@example.org. Add her, even if there is another.",
    "save_contact",
    {
      first_name: "Zoe",
      last_name: "Botha",
      email: "zoe@example.org",
      even_if_similar: true,
    },
  );
  await asked("Is anybody in there twice?", "find_contacts", { duplicates: true }, PAIRS);
  await asked("Zoe is our speaker Zoë. Make the two one.", "merge_contacts", {
    keep: "zoe.botha@example.org",
    duplicate: "zoe@example.org",
  });
  await asked("But the two Jane Smiths are two people.", "merge_contacts", {
    keep: "jane.smith@example.org",
    duplicate: "jane@example.org",
    not_the_same: true,
  });
  await asked(
    "What has zoe@example.org had from us?",
    "query_contact_history",
    { contact: "zoe@example.org" },
    HISTORY_AND_GAPS,
  );
  await asked("We hung the CFP flyer up at the university, too.", "record_distribution", {
    asset: "CFP flyer",
    channel: "print",
    notes: "University, ground floor",
  });
  const { changes } = await asked(
    "No, that was another flyer. What did you note?",
    "list_changes",
    {
      limit: 1,
    },
  );
  const [last] = changes as { id: number }[];
  await asked("Undo that.", "undo_change", { change: last?.id });
}
