CREATE SCHEMA analytics;
CREATE SCHEMA "Odd Names";
CREATE SCHEMA secret;
CREATE SCHEMA empty;
COMMENT ON SCHEMA analytics IS 'Built by dbt.';

CREATE DOMAIN analytics.email AS character varying(200) CHECK (VALUE LIKE '%@%');
CREATE DOMAIN analytics.work_email AS analytics.email;
CREATE TYPE analytics.mood AS ENUM ('good', 'bad');
CREATE TYPE analytics.address AS (street text, city text);

CREATE TABLE analytics.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dropped text,
  email analytics.work_email NOT NULL UNIQUE,
  mood analytics.mood DEFAULT 'good',
  moods analytics.mood[],
  home analytics.address,
  tags text[],
  grid integer[][],
  born date,
  joined timestamp(3) with time zone DEFAULT now(),
  "Full Name" text,
  full_name text
);
ALTER TABLE analytics.customers DROP COLUMN dropped;
COMMENT ON TABLE analytics.customers IS 'One row per customer.';
COMMENT ON COLUMN analytics.customers.email IS 'Where we write to; '' " \ ü 漢字';

CREATE TABLE analytics.orders (
  customer bigint NOT NULL REFERENCES analytics.customers (id),
  number integer NOT NULL,
  amount numeric(12, 2) NOT NULL CHECK (amount >= 0),
  tax numeric GENERATED ALWAYS AS (amount * 0.2) STORED,
  CONSTRAINT orders_key PRIMARY KEY (customer, number),
  CONSTRAINT reasonable CHECK (amount < 1000000 OR number > 0)
);
CREATE TABLE analytics.items (
  customer bigint, number integer, name text DEFAULT 'x'::text,
  CONSTRAINT of_order FOREIGN KEY (customer, number) REFERENCES analytics.orders (customer, number)
);
INSERT INTO analytics.customers (email) SELECT n || '@example.com' FROM generate_series(1, 1000) n;
ANALYZE analytics.customers;

CREATE TABLE analytics.events (at timestamp NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE analytics.events_2025 PARTITION OF analytics.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
CREATE TABLE analytics.events_2025_a PARTITION OF analytics.events_2025 FOR VALUES IN ('a');
CREATE TABLE analytics.events_2026 PARTITION OF analytics.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO analytics.events SELECT timestamp '2025-06-01', 'a' FROM generate_series(1, 300) UNION ALL SELECT timestamp '2026-06-01', 'b' FROM generate_series(1, 200);
ANALYZE analytics.events_2025_a;
ANALYZE analytics.events_2026;

CREATE VIEW analytics.big_orders AS SELECT o.customer, o.amount AS total, c.email FROM analytics.orders o JOIN analytics.customers c ON c.id = o.customer WHERE o.amount > 100;
CREATE MATERIALIZED VIEW analytics.totals AS SELECT customer, sum(total) AS total FROM analytics.big_orders GROUP BY 1;
COMMENT ON COLUMN analytics.big_orders.total IS 'In euros.';

CREATE TABLE "Odd Names"."Upper.Dotted" (id integer, "ID" integer, "with ""quotes""" text);
CREATE TABLE "Odd Names".upper (id integer);
CREATE TABLE "Odd Names"."Upper" (id integer);
CREATE VIEW "Odd Names"."Ünïcode 表" AS SELECT "ID" AS "Ausgabe" FROM "Odd Names"."Upper.Dotted";
CREATE TABLE "Odd Names".nothing ();

CREATE TABLE secret.salaries (id integer);

CREATE FOREIGN DATA WRAPPER elsewhere;
CREATE SERVER far FOREIGN DATA WRAPPER elsewhere;
CREATE FOREIGN TABLE analytics.remote (id integer OPTIONS (column_name 'ID')) SERVER far;
CREATE TEMPORARY TABLE scratch (id integer);
CREATE SEQUENCE analytics.numbers;
