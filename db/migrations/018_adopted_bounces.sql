-- migrate:up

-- What was recorded before there were rules was never read: a mail that bounced in a table that was
-- adopted still says that its address is not to be mailed.
CREATE TRIGGER note_delivery_problems_adopted AFTER UPDATE ON public.communication_recipients
  FOR EACH ROW EXECUTE FUNCTION outreach.note_delivery_problems();
UPDATE public.communication_recipients SET status = status WHERE status = 'bounced';
DROP TRIGGER note_delivery_problems_adopted ON public.communication_recipients;

-- migrate:down

-- Nothing to go back to: the table of problems goes with its own migration.
SELECT 1;
