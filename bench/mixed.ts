import type { BareClient } from "./bare_client.ts";
import { EVERY, FIRST, constantOf, sized } from "./history/shape.ts";

const { campaigns, people, recipients } = sized(10_000);
const { campaign: constantCampaign, communication: firstMail } = constantOf(sized(recipients));

/**
 * Makes the call of that number in the mixture that an assistant makes of them: seven questions and
 * three writes in ten, about other campaigns and people each time.
 */
export async function mixedCall(client: BareClient, call: number): Promise<void> {
  const campaign = `${1 + ((call * 7_919) % campaigns)}`;
  const contact = `${1 + ((call * 6_113) % people)}`;
  switch (call % 10) {
    case 0:
      await client.ask("query_contact_history", { contact });
      return;
    case 1:
      await client.ask("log_post", {
        campaign: `${constantCampaign}`,
        channel: "linkedin_post",
        title: `Post of call ${call}`,
        published_at: "2024-11-01",
      });
      return;
    case 2:
      await client.ask("query_recipients", { campaign });
      return;
    case 3:
      await client.ask("get_campaign", { campaign });
      return;
    case 4:
      await client.ask("record_distribution", {
        asset: `${1 + (call % 900)}`,
        channel: "whatsapp",
        notes: `Group of call ${call}`,
      });
      return;
    case 5:
      await client.ask("find_contacts", { text: `person${contact}` });
      return;
    case 6:
      await client.ask("query_outreach_timeline", { campaign });
      return;
    case 7:
      await client.ask("record_delivery_events", { events: [opening(call)] });
      return;
    case 8:
      await client.ask("query_registrations", { campaign });
      return;
    default:
      await client.ask("list_assets", { campaign });
  }
}

/** Somebody opens a mail of the constant campaign; another second of the day for every call. */
function opening(call: number): object {
  const at = new Date(Date.UTC(2024, 10, 1) + call * 1000).toISOString();
  const contact = FIRST + EVERY * 12 * (call % 125);
  return {
    event: "opened",
    at,
    brevo_message_id: `<${firstMail + (call % 8)}.${contact}@mail.example.org>`,
  };
}
