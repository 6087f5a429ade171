import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks of partners, and what is delivered to them. Only adds tables, so older processes go on beside it. */
export class Webhooks1764532000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE webhooks (
         id uuid NOT NULL CONSTRAINT webhooks_pkey PRIMARY KEY,
         partner_id uuid NOT NULL CONSTRAINT webhooks_partner_id_fkey REFERENCES partners (id) ON DELETE CASCADE,
         url text NOT NULL,
         events text[] NOT NULL,
         description text,
         secret text NOT NULL,
         previous_secret text,
         previous_secret_until timestamptz,
         enabled boolean NOT NULL DEFAULT true,
         disabled_reason text,
         failing_since timestamptz,
         created_at timestamptz NOT NULL DEFAULT now(),
         updated_at timestamptz NOT NULL DEFAULT now(),
         CONSTRAINT webhooks_previous_secret_check
           CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
         CONSTRAINT webhooks_disabled_check CHECK (NOT enabled OR disabled_reason IS NULL)
       )`,
    );
    await runner.query(`CREATE INDEX webhooks_partner_id_idx ON webhooks (partner_id)`);
    await runner.query(
      `CREATE TABLE webhook_deliveries (
         id uuid NOT NULL CONSTRAINT webhook_deliveries_pkey PRIMARY KEY,
         webhook_id uuid NOT NULL
           CONSTRAINT webhook_deliveries_webhook_id_fkey REFERENCES webhooks (id) ON DELETE CASCADE,
         type text NOT NULL,
         payload text NOT NULL,
         status text NOT NULL DEFAULT 'pending'
           CONSTRAINT webhook_deliveries_status_check CHECK (status IN ('pending', 'delivered', 'failed')),
         attempts integer NOT NULL DEFAULT 0,
         failures integer NOT NULL DEFAULT 0,
         due_at timestamptz NOT NULL DEFAULT now(),
         leased_until timestamptz,
         response_status integer,
         response_body text,
         error text,
         created_at timestamptz NOT NULL DEFAULT now(),
         attempted_at timestamptz,
         finished_at timestamptz,
         CONSTRAINT webhook_deliveries_finished_at_check CHECK ((status = 'pending') = (finished_at IS NULL))
       )`,
    );
    await runner.query(
      `CREATE INDEX webhook_deliveries_webhook_id_idx ON webhook_deliveries (webhook_id, created_at, id)`,
    );
    await runner.query(
      `CREATE INDEX webhook_deliveries_due_at_idx ON webhook_deliveries (due_at) WHERE status = 'pending'`,
    );
    await runner.query(
      `CREATE INDEX webhook_deliveries_finished_at_idx ON webhook_deliveries (finished_at)
         WHERE finished_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE webhook_deliveries`);
    await runner.query(`DROP TABLE webhooks`);
  }
}
