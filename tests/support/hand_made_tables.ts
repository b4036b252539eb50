/** How an organiser's own five tables may be written. */
interface Tweaks {
  /** Instead of varchar of the plan's length. */
  text?: string;
  id?: string;
  now?: string;
  /** Campaign types that are allowed. */
  types?: string[];
  /** More columns of campaigns. */
  more?: string;
}

/**
 * The plan's five tables as an organiser makes them by hand, on tables that are theirs, with a campaign, a
 * mail to one person, a flyer and its share; without any index.
 */
export function handMadeTables({
  text,
  id = "SERIAL PRIMARY KEY",
  now = "NOW()",
  types = ["cfp", "registration", "reminder", "thank_you", "sponsor", "general"],
  more = "",
}: Tweaks = {}): string[] {
  const varchar = (length: number) => text ?? `VARCHAR(${length})`;
  const oneOf = (column: string, words: string[]) =>
    `CHECK (${column} IN (${words.map((word) => `'${word}'`).join(", ")}))`;
  return [
    `CREATE TABLE campaigns (id ${id}, name ${varchar(200)} NOT NULL,
       event_id INTEGER NOT NULL REFERENCES events(id),
       campaign_type ${varchar(50)} NOT NULL ${oneOf("campaign_type", types)}, description TEXT,
       status ${varchar(20)} DEFAULT 'draft' ${oneOf("status", ["draft", "active", "completed", "cancelled"])},
       created_at TIMESTAMPTZ DEFAULT ${now}, updated_at TIMESTAMPTZ DEFAULT ${now}${more})`,
    `CREATE TABLE communications (id ${id}, campaign_id INTEGER NOT NULL REFERENCES campaigns(id),
       channel ${varchar(30)} NOT NULL
         CONSTRAINT communications_channel_check ${oneOf("channel", ["email", "linkedin_post", "marketing_material"])},
       title ${varchar(500)}, brevo_template_id INTEGER, post_url TEXT, content_summary TEXT,
       recipient_count INTEGER DEFAULT 0,
       status ${varchar(20)} DEFAULT 'draft'
         ${oneOf("status", ["draft", "sending", "sent", "published", "failed"])},
       sent_at TIMESTAMPTZ, created_at TIMESTAMPTZ DEFAULT ${now})`,
    `CREATE TABLE communication_recipients (id ${id},
       communication_id INTEGER NOT NULL REFERENCES communications(id),
       contact_id INTEGER NOT NULL REFERENCES contacts(id),
       status ${varchar(20)} DEFAULT 'queued'
         ${oneOf("status", ["queued", "sent", "delivered", "opened", "clicked", "bounced", "failed"])},
       brevo_message_id ${varchar(100)}, sent_at TIMESTAMPTZ, metadata JSONB,
       UNIQUE (communication_id, contact_id))`,
    `INSERT INTO campaigns (name, event_id, campaign_type, status) VALUES ('CFP 2025', 1, 'cfp', 'active')`,
    `INSERT INTO communications (campaign_id, channel, title, status, sent_at, recipient_count)
       VALUES (1, 'email', 'Speak with us', 'sent', '2025-03-01T08:00:00Z', 1)`,
    `INSERT INTO communication_recipients (communication_id, contact_id, status) VALUES (1, 1, 'sent')`,
    `CREATE TABLE marketing_assets (id ${id}, campaign_id INTEGER REFERENCES campaigns(id),
       event_id INTEGER NOT NULL REFERENCES events(id),
       asset_type ${varchar(50)} NOT NULL
         ${oneOf("asset_type", ["social_graphic", "flyer", "banner", "poster", "video", "presentation"])},
       title ${varchar(200)} NOT NULL, description TEXT, file_url TEXT, created_at TIMESTAMPTZ DEFAULT ${now})`,
    `CREATE TABLE asset_distributions (id ${id}, asset_id INTEGER NOT NULL REFERENCES marketing_assets(id),
       channel ${varchar(50)} NOT NULL
         ${oneOf("channel", ["linkedin", "whatsapp", "twitter", "print", "email", "website"])},
       distributed_at TIMESTAMPTZ DEFAULT ${now}, reach_estimate INTEGER, notes TEXT)`,
    `INSERT INTO marketing_assets (campaign_id, event_id, asset_type, title) VALUES (1, 1, 'flyer', 'CFP flyer')`,
    `INSERT INTO asset_distributions (asset_id, channel) VALUES (1, 'print')`,
  ];
}
