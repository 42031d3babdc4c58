-- Google Cloud's usage cost export, standard or detailed, as FOCUS 1.4. One row of the export is one charge, one more
-- for each credit that is a charge of its own, and one more for what of a fee nobody used. Rules are in rules.tsv.
-- The export is read twice: for what belongs to commitments, which is kept in memory, and for all of it, which is not.
WITH lines AS NOT MATERIALIZED (
    SELECT *,
        row_number() OVER () AS line_number,
        coalesce(florin_decimal(cost), 0) AS line_cost,
        coalesce(cost_type, 'regular') AS kind,
        florin_instant(usage_start_time) AS usage_start,
        florin_instant(usage_end_time) AS usage_end,
        -- gcp.invoice-month
        coalesce(CASE WHEN "invoice.month" SIMILAR TO '[0-9]{6}' THEN make_timestamp(
                     CAST("invoice.month"[1:4] AS BIGINT), CAST("invoice.month"[5:6] AS BIGINT), 1, 0, 0, 0.0) END,
                 date_trunc('month', florin_instant(usage_start_time))) AS billing_start,
        -- gcp.net-cost: amounts as they are written; a reader of JSON may have rounded them
        CASE WHEN credits LIKE '%{%' THEN regexp_extract_all(credits, '[{,]\s*"amount"\s*:\s*"?([-+0-9.eE]+)', 1) END
            AS credit_amounts,
        CASE WHEN credits LIKE '%{%' THEN list_transform(
                 json_transform(credits, '[{"name": "VARCHAR", "full_name": "VARCHAR", "id": "VARCHAR",
                                            "type": "VARCHAR", "amount": "VARCHAR"}]'),
                 lambda c, i: {'name': c.name, 'full_name': c.full_name, 'id': c.id, 'type': coalesce(c.type, ''),
                               'amount': coalesce(florin_decimal(
                                   CASE WHEN len(credit_amounts) = json_array_length(credits) THEN credit_amounts[i]
                                        ELSE c.amount END), 0)})
             ELSE [] END AS line_credits,
        -- gcp.tags
        list_concat(
            CASE WHEN json_valid(labels) THEN json_transform(labels, '[{"key": "VARCHAR", "value": "VARCHAR"}]') END,
            CASE WHEN json_valid(tags) THEN json_transform(tags, '[{"key": "VARCHAR", "value": "VARCHAR"}]') END,
            CASE WHEN json_valid(system_labels)
                 THEN json_transform(system_labels, '[{"key": "VARCHAR", "value": "VARCHAR"}]') END) AS tag_entries,
        nullif("consumption_model.description", 'Default') AS model,
        nullif("location.region", 'global') AS region
    FROM staged
), sums AS NOT MATERIALIZED (
    SELECT *,
        -- gcp.folded-credit
        coalesce(list_sum(list_transform(line_credits, lambda c: CASE
            WHEN c.type IN ('SUSTAINED_USAGE_DISCOUNT', 'DISCOUNT', 'SUBSCRIPTION_BENEFIT', 'RESELLER_MARGIN')
                THEN c.amount END)), 0) AS folded,
        coalesce(list_sum(list_transform(line_credits, lambda c: CASE
            WHEN c.type = 'COMMITTED_USAGE_DISCOUNT' THEN c.amount END)), 0) AS resource_credit,
        coalesce(list_sum(list_transform(line_credits, lambda c: CASE
            WHEN c.type = 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE' THEN c.amount END)), 0) AS spend_credit,
        coalesce(list_sum(list_transform(line_credits, lambda c: CASE
            WHEN c.type = 'FEE_UTILIZATION_OFFSET' THEN c.amount END)), 0) AS offset_credit,
        -- gcp.credit
        list_filter(line_credits, lambda c: c.type NOT IN (
            'SUSTAINED_USAGE_DISCOUNT', 'DISCOUNT', 'SUBSCRIPTION_BENEFIT', 'RESELLER_MARGIN',
            'COMMITTED_USAGE_DISCOUNT', 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE', 'FEE_UTILIZATION_OFFSET'))
            AS own_credits,
        -- gcp.fee
        kind = 'regular' AND (coalesce("sku.description", '') SIMILAR TO 'Commitment (v1:|- ).*'
                              OR len(list_filter(line_credits, lambda c: c.type = 'FEE_UTILIZATION_OFFSET')) > 0)
            AS is_fee,
        CASE WHEN "sku.description" LIKE 'Commitment v1:%' THEN 'resource'
             WHEN "consumption_model.description" IS NOT NULL
                  OR len(list_filter(line_credits, lambda c: c.type = 'FEE_UTILIZATION_OFFSET')) > 0 THEN 'model'
             ELSE 'spend' END AS fee_kind,
        -- gcp.commitment: what the two sides have in common
        CASE WHEN usage_end > usage_start + INTERVAL 25 HOUR THEN NULL ELSE date_trunc('day', usage_start) END
            AS usage_day,
        concat(
            CASE WHEN "sku.description" ILIKE '%compute optimized%' THEN 'C2'
                 WHEN "sku.description" ILIKE '%memory-optimized%' THEN 'M1'
                 ELSE nullif(regexp_extract(regexp_replace("sku.description",
                     '^(Commitment v1: |Spot Preemptible |Preemptible )', ''), '^([A-Z][0-9]+[A-Z]?)\b', 1), 'N1')
            END,
            CASE WHEN "sku.description" ILIKE '%gpu%' OR "sku.description" ILIKE '%nvidia%' THEN ' GPU'
                 WHEN "sku.description" ILIKE '%ssd%' THEN ' SSD' END) AS series
    FROM lines
), commitment_lines AS MATERIALIZED (
    SELECT line_number, billing_account_id, currency, billing_start, is_fee, fee_kind, "service.description", region,
        usage_start, usage_day, "sku.description", "usage.pricing_unit", "usage.amount_in_pricing_units", series,
        "subscription.instance_id", line_cost, folded, resource_credit, spend_credit, offset_credit, model,
        CASE WHEN spend_credit <> 0 THEN line_credits END AS line_credits
    FROM sums
    WHERE is_fee OR kind = 'regular' AND (resource_credit <> 0 OR spend_credit <> 0 OR model IS NOT NULL)
), fees AS (
    SELECT line_number, billing_account_id AS account, currency, billing_start, fee_kind AS kind,
        "service.description" AS service, region, usage_day, "sku.description" AS sku,
        CASE WHEN fee_kind = 'resource' THEN "usage.pricing_unit" END AS unit,
        CASE WHEN fee_kind = 'resource' THEN series END AS series,
        CASE WHEN fee_kind = 'resource' THEN NULL ELSE lower(trim(regexp_replace("sku.description",
            '^Commitment - (dollar based v1: ?)?| for( \d years?)| in .*$', '\2', 'gi'))) END AS product,
        regexp_extract("sku.description", '(\d) years?$', 1, 'i') AS years,
        "subscription.instance_id" AS instance,
        line_cost + folded AS net,
        offset_credit,
        -- gcp.spend-unit: a price of less than five cents for a dollar is one for a cent
        CASE WHEN fee_kind = 'spend' AND florin_share(line_cost, CAST(1 AS DECIMAL(38,18)),
                                                      florin_decimal("usage.amount_in_pricing_units")) < 0.05
             THEN florin_share(florin_decimal("usage.amount_in_pricing_units"), CAST(1 AS DECIMAL(38,18)),
                               CAST(100 AS DECIMAL(38,18)))
             ELSE coalesce(florin_decimal("usage.amount_in_pricing_units"), 0) END AS committed
    FROM commitment_lines
    WHERE is_fee
), pools AS (
    SELECT row_number() OVER () AS pool, *
    FROM (SELECT account, currency, billing_start, kind, service, region, usage_day, unit, series, product, years,
              sum(net) AS net, -sum(offset_credit) AS moved, sum(committed) AS committed,
              min(sku) AS commitment_name,
              string_agg(DISTINCT instance, '+' ORDER BY instance) AS commitment
          FROM fees
          GROUP BY ALL)
), claims AS (
    SELECT line_number, account, currency, billing_start, usage_day, service, region, unit, series, model,
        claim.kind AS kind, claim.weight AS weight, claim.credit_text AS credit_text
    FROM (
        SELECT line_number, billing_account_id AS account, currency, billing_start, date_trunc('day', usage_start)
                   AS usage_day,
            "service.description" AS service, region, "usage.pricing_unit" AS unit, series, lower(model) AS model,
            unnest(list_filter([
                {'kind': 'resource', 'credit_text': '',
                 'weight': CASE WHEN resource_credit <> 0 THEN coalesce(florin_share(
                     florin_decimal("usage.amount_in_pricing_units"), -resource_credit, line_cost), 0) END},
                {'kind': 'spend', 'credit_text': lower(array_to_string(list_transform(
                     line_credits, lambda c: concat(c.name, ' ', c.full_name)), ' ')),
                 'weight': CASE WHEN spend_credit <> 0 THEN -spend_credit END},
                {'kind': 'model', 'credit_text': '',
                 'weight': CASE WHEN model IS NOT NULL THEN line_cost + folded END}
            ], lambda c: c.weight IS NOT NULL)) AS claim
        FROM commitment_lines
        WHERE NOT is_fee)
), matches AS (
    -- gcp.commitment: of the fees that may be meant, the one that has most in common
    SELECT c.*, p.pool
    FROM (SELECT DISTINCT account, currency, billing_start, usage_day, service, region, unit, series, model, kind,
              credit_text
          FROM claims) c
    JOIN pools p ON p.account = c.account AND p.currency = c.currency AND p.billing_start = c.billing_start
        AND p.kind = c.kind AND (p.usage_day IS NULL OR p.usage_day = c.usage_day)
        AND (p.region IS NULL OR p.region = c.region)
    WHERE CASE c.kind
        WHEN 'resource' THEN p.unit IS NOT DISTINCT FROM c.unit AND p.series = c.series
        WHEN 'spend' THEN p.service = c.service
            OR contains(c.credit_text, regexp_replace(p.product, ' \d years?$', ''))
        ELSE p.product = c.model
            OR (p.years = '' OR coalesce(regexp_extract(c.model, '(\d) year', 1), '') IN ('', p.years))
               AND (p.service = c.service OR c.model LIKE '%flex%' AND p.service = 'Compute Engine')
    END
    QUALIFY row_number() OVER (
        PARTITION BY c.account, c.currency, c.billing_start, c.usage_day, c.service, c.region, c.unit, c.series,
                     c.model, c.kind, c.credit_text
        ORDER BY p.product IS NOT DISTINCT FROM c.model DESC,
                 coalesce(contains(c.credit_text, regexp_replace(p.product, ' \d years?$', '')), false) DESC,
                 p.service = c.service DESC, p.region IS NOT NULL DESC, p.usage_day IS NOT NULL DESC, p.pool) = 1
), drawn AS (
    SELECT c.line_number, c.kind, m.pool, c.weight,
        sum(c.weight) OVER (PARTITION BY m.pool ORDER BY c.line_number, c.kind ROWS UNBOUNDED PRECEDING) AS so_far,
        sum(c.weight) OVER (PARTITION BY m.pool) AS used
    FROM claims c
    JOIN matches m ON m.account = c.account AND m.currency = c.currency AND m.billing_start = c.billing_start
        AND m.usage_day = c.usage_day AND m.service IS NOT DISTINCT FROM c.service
        AND m.region IS NOT DISTINCT FROM c.region AND m.unit IS NOT DISTINCT FROM c.unit AND m.series = c.series
        AND m.model IS NOT DISTINCT FROM c.model AND m.kind = c.kind AND m.credit_text = c.credit_text
), shares AS (
    -- gcp.covered, gcp.model-covered: a share is the difference of two rounded sums, so that nothing is lost
    SELECT d.line_number, d.kind, d.pool, d.weight, p.commitment, p.commitment_name,
        coalesce(florin_share(pot, so_far, whole) - florin_share(pot, so_far - d.weight, whole), 0) AS share
    FROM (SELECT d.*,
              CASE WHEN d.kind = 'model' THEN greatest(least(p.moved, used), 0) ELSE p.net END AS pot,
              CASE WHEN d.kind = 'model' THEN used ELSE greatest(p.committed, used) END AS whole
          FROM drawn d JOIN pools p ON p.pool = d.pool) d
    JOIN pools p ON p.pool = d.pool
), line_shares AS (
    SELECT line_number,
        coalesce(sum(share) FILTER (WHERE kind <> 'model'), 0) AS fee_share,
        coalesce(sum(share) FILTER (WHERE kind = 'model'), 0) AS offset_share,
        string_agg(DISTINCT commitment, '+' ORDER BY commitment) AS commitment,
        min(commitment_name) AS commitment_name,
        sum(weight) AS weight,
        true AS is_matched
    FROM shares
    GROUP BY line_number
), given AS (
    SELECT pool, sum(share) AS given, sum(weight) AS used FROM shares GROUP BY pool
), fee_shares AS (
    -- gcp.unused, gcp.offset: what is left of several fees that cannot be told apart is each one's part of it
    SELECT line_number, commitment, commitment_name, committed,
        coalesce(florin_share(pot, so_far, whole) - florin_share(pot, so_far - part, whole), 0) AS share,
        CASE WHEN kind <> 'model' THEN
            coalesce(florin_share(committed, greatest(pool_committed - used, 0), pool_committed), 0) END
            AS unused_quantity
    FROM (SELECT f.line_number, f.kind, p.commitment, p.commitment_name, f.committed,
              p.committed AS pool_committed, coalesce(g.used, 0) AS used,
              CASE WHEN f.kind = 'model' THEN coalesce(g.given, 0) ELSE p.net - coalesce(g.given, 0) END AS pot,
              CASE WHEN f.kind = 'model' THEN -f.offset_credit ELSE f.net END AS part,
              sum(CASE WHEN f.kind = 'model' THEN -f.offset_credit ELSE f.net END)
                  OVER (PARTITION BY p.pool ORDER BY f.line_number ROWS UNBOUNDED PRECEDING) AS so_far,
              CASE WHEN f.kind = 'model' THEN p.moved ELSE p.net END AS whole
          FROM fees f
          JOIN pools p ON p.account = f.account AND p.currency = f.currency AND p.billing_start = f.billing_start
              AND p.kind = f.kind AND p.service IS NOT DISTINCT FROM f.service
              AND p.region IS NOT DISTINCT FROM f.region AND p.usage_day IS NOT DISTINCT FROM f.usage_day
              AND p.unit IS NOT DISTINCT FROM f.unit AND p.series IS NOT DISTINCT FROM f.series
              AND p.product IS NOT DISTINCT FROM f.product AND p.years IS NOT DISTINCT FROM f.years
          LEFT JOIN given g ON g.pool = p.pool)
), costs AS (
    SELECT s.*,
        coalesce(u.commitment, f.commitment) AS commitment,
        coalesce(u.commitment_name, f.commitment_name) AS commitment_name,
        NOT is_fee AND kind = 'regular' AND (resource_credit <> 0 OR spend_credit <> 0) AS is_covered,
        NOT is_fee AND kind = 'regular' AND model IS NOT NULL AS is_model_covered,
        coalesce(u.is_matched, false) AS is_matched,
        -- gcp.net-cost
        line_cost + folded + resource_credit + spend_credit + offset_credit AS amount,
        coalesce(u.fee_share, 0) AS fee_share,
        CASE WHEN is_fee AND fee_kind = 'model' THEN f.share ELSE -coalesce(u.offset_share, 0) END AS moved,
        CASE WHEN NOT is_fee THEN CAST(0 AS DECIMAL(38,18))
             WHEN fee_kind = 'model' THEN line_cost + folded + offset_credit
             ELSE f.share END AS unused,
        f.unused_quantity, f.committed, u.weight,
        -- gcp.covered-in-part
        CASE WHEN u.is_matched AND NOT is_fee AND resource_credit + spend_credit < 0
                  AND resource_credit + spend_credit > -line_cost THEN -(resource_credit + spend_credit) END
            AS covered_cost
    FROM sums s
    LEFT JOIN line_shares u ON u.line_number = s.line_number
    LEFT JOIN fee_shares f ON f.line_number = s.line_number
), covered AS (
    SELECT *,
        florin_decimal(cost_at_list) AS list_cost,
        florin_quantity("usage.amount_in_pricing_units") AS quantity,
        -- gcp.usage-amount
        florin_quantity_or_null("usage.amount") AS consumed,
        florin_share(florin_decimal(cost_at_list), covered_cost, line_cost) AS covered_list_cost,
        CAST(florin_share(florin_decimal(CASE WHEN covered_cost IS NOT NULL THEN "usage.amount_in_pricing_units" END),
                          covered_cost, line_cost) AS DECIMAL(38,12)) AS covered_quantity,
        CAST(florin_share(florin_decimal_or_null(CASE WHEN covered_cost IS NOT NULL THEN "usage.amount" END),
                          covered_cost, line_cost) AS DECIMAL(38,12)) AS covered_consumed
    FROM costs
), parts AS (
    SELECT *,
        unnest(list_concat(
            [{'part': 'charge', 'name': CAST(NULL AS VARCHAR), 'full_name': CAST(NULL AS VARCHAR),
              'id': CAST(NULL AS VARCHAR), 'type': CAST(NULL AS VARCHAR), 'amount': CAST(NULL AS DECIMAL(38,18))}],
            list_transform(own_credits, lambda c: {'part': 'credit', 'name': c.name, 'full_name': c.full_name,
                                                   'id': c.id, 'type': c.type, 'amount': c.amount}),
            list_transform(list_filter([CASE WHEN covered_cost IS NOT NULL THEN 'rest' END,
                                        CASE WHEN unused <> 0 THEN 'unused' END], lambda p: p IS NOT NULL),
                           lambda p: {'part': p, 'name': CAST(NULL AS VARCHAR), 'full_name': CAST(NULL AS VARCHAR),
                                      'id': CAST(NULL AS VARCHAR), 'type': CAST(NULL AS VARCHAR),
                                      'amount': CAST(NULL AS DECIMAL(38,18))}))) AS piece
    FROM covered
), charges AS (
    SELECT *,
        piece.part AS part,
        piece.part = 'charge' AND is_fee AS is_purchase,
        piece.part = 'charge' AND (is_covered OR is_model_covered) AND is_matched AND commitment IS NOT NULL
            AS is_used,
        piece.part IN ('charge', 'rest') AND kind = 'regular' AS is_regular,
        CASE WHEN covered_cost IS NULL OR piece.part = 'rest' THEN amount ELSE 0 END AS part_amount,
        CASE WHEN covered_cost IS NULL THEN line_cost
             WHEN piece.part = 'rest' THEN line_cost - covered_cost ELSE covered_cost END AS part_cost,
        CASE WHEN covered_cost IS NULL THEN list_cost
             WHEN piece.part = 'rest' THEN list_cost - covered_list_cost ELSE covered_list_cost END AS part_list_cost,
        CASE WHEN covered_cost IS NULL THEN quantity
             WHEN piece.part = 'rest' THEN quantity - covered_quantity ELSE covered_quantity END AS part_quantity,
        CASE WHEN covered_cost IS NULL THEN consumed
             WHEN piece.part = 'rest' THEN consumed - covered_consumed ELSE covered_consumed END AS part_consumed,
        "price.pricing_unit_quantity" IS NULL OR "price.pricing_unit_quantity" = '1' AS is_per_unit,
        CASE WHEN len(tag_entries) > 0 THEN concat('{', array_to_string(list_transform(
            list_filter(tag_entries,
                        lambda t, i: list_position(list_transform(tag_entries, lambda u: u.key), t.key) = i),
            lambda t: concat(to_json(t.key), ':', CASE WHEN coalesce(t.value, '') = '' THEN 'true'
                                                       ELSE CAST(to_json(t.value) AS VARCHAR) END)), ','), '}') END
            AS tags_text,
        -- What no column of FOCUS holds in this row
        CASE WHEN piece.part = 'charge' AND credits LIKE '%{%' THEN credits END AS credits_kept,
        CASE WHEN "project.labels" LIKE '%{%' THEN "project.labels" END AS project_labels_kept,
        CASE WHEN NOT (is_regular AND is_per_unit) THEN "price.effective_price" END AS effective_price_kept,
        CASE WHEN NOT (is_regular AND is_per_unit) THEN "price.list_price" END AS list_price_kept,
        CASE WHEN piece.part = 'charge' AND (NOT is_regular OR is_fee OR part_consumed IS NULL)
             THEN "usage.amount" END AS amount_kept,
        CASE WHEN piece.part = 'charge' AND (NOT is_regular OR is_fee OR part_consumed IS NULL)
             THEN "usage.unit" END AS unit_kept,
        CASE WHEN piece.part = 'charge' AND NOT is_regular THEN "usage.amount_in_pricing_units" END
            AS pricing_amount_kept,
        CASE WHEN piece.part = 'charge' AND NOT is_regular THEN "usage.pricing_unit" END AS pricing_unit_kept,
        nullif(piece.type, '') AS credit_type, piece.id AS credit_id, piece.full_name AS credit_full_name
    FROM parts
)
SELECT
    -- gcp.accounts
    billing_account_id AS BillingAccountId,
    "project.id" AS SubAccountId,
    "project.name" AS SubAccountName,
    billing_start AS BillingPeriodStart,
    billing_start + INTERVAL 1 MONTH AS BillingPeriodEnd,
    usage_start AS ChargePeriodStart,
    coalesce(usage_end, usage_start) AS ChargePeriodEnd,
    currency AS BillingCurrency,
    'Google Cloud' AS InvoiceIssuerName,
    -- gcp.marketplace
    CASE WHEN transaction_type LIKE 'THIRD_PARTY%' THEN coalesce(seller_name, 'Google Cloud Marketplace')
         ELSE 'Google Cloud' END AS ServiceProviderName,
    CASE WHEN transaction_type IS NULL OR transaction_type NOT LIKE 'THIRD_PARTY%' OR region IS NOT NULL
         THEN 'Google Cloud' END AS HostProviderName,
    CASE part WHEN 'credit' THEN 'Credit' WHEN 'unused' THEN 'Usage'
         ELSE CASE WHEN is_fee THEN 'Purchase'
                   WHEN kind = 'regular' THEN 'Usage'
                   WHEN kind = 'tax' THEN 'Tax'
                   ELSE 'Adjustment' END END AS ChargeCategory,
    -- gcp.adjustment
    CASE WHEN kind = 'adjustment' AND coalesce(usage_end, usage_start) <= billing_start THEN 'Correction' END
        AS ChargeClass,
    CASE WHEN part = 'credit' THEN coalesce(piece.name, piece.full_name, piece.type)
         ELSE "sku.description" END AS ChargeDescription,
    CASE WHEN part = 'credit' OR kind <> 'regular' THEN 'One-Time'
         WHEN is_purchase THEN 'Recurring' ELSE 'Usage-Based' END AS ChargeFrequency,
    CASE part WHEN 'credit' THEN piece.amount WHEN 'unused' THEN 0 ELSE part_amount + moved END AS BilledCost,
    CASE part WHEN 'credit' THEN piece.amount WHEN 'unused' THEN unused
         ELSE CASE WHEN is_fee THEN 0 WHEN part = 'rest' THEN part_amount ELSE part_amount + fee_share END END
        AS EffectiveCost,
    -- gcp.list-cost
    CASE part WHEN 'credit' THEN piece.amount WHEN 'unused' THEN 0
         ELSE CASE WHEN kind = 'regular' THEN part_list_cost ELSE amount END END AS ListCost,
    CASE WHEN is_regular AND is_per_unit THEN florin_decimal("price.list_price") END AS ListUnitPrice,
    -- gcp.contracted-cost
    CASE part WHEN 'credit' THEN piece.amount WHEN 'unused' THEN 0
         ELSE CASE WHEN is_model_covered THEN florin_decimal(cost_at_effective_price_default)
                   WHEN kind = 'regular' THEN part_cost ELSE amount END END AS ContractedCost,
    CASE WHEN is_regular AND is_per_unit THEN
        CASE WHEN is_model_covered THEN florin_decimal("price.effective_price_default")
             ELSE florin_decimal("price.effective_price") END END AS ContractedUnitPrice,
    CASE WHEN part = 'unused' OR is_used THEN 'Committed'
         WHEN NOT is_regular THEN NULL
         WHEN "sku.description" ILIKE '%preemptible%' OR "sku.description" ILIKE 'spot %' THEN 'Dynamic'
         ELSE 'Standard' END AS PricingCategory,
    CASE WHEN is_regular AND NOT is_fee THEN part_consumed END AS ConsumedQuantity,
    CASE WHEN is_regular AND NOT is_fee AND part_consumed IS NOT NULL THEN "usage.unit" END AS ConsumedUnit,
    CASE WHEN is_regular THEN part_quantity END AS PricingQuantity,
    CASE WHEN is_regular THEN "usage.pricing_unit" END AS PricingUnit,
    -- gcp.commitment
    CASE WHEN is_purchase OR is_used OR part = 'unused' THEN commitment END AS CommitmentDiscountId,
    CASE WHEN (is_purchase OR is_used OR part = 'unused') AND commitment IS NOT NULL THEN commitment_name END
        AS CommitmentDiscountName,
    CASE WHEN NOT (is_purchase OR is_used OR part = 'unused') OR commitment IS NULL THEN NULL
         WHEN CASE WHEN is_fee THEN fee_kind = 'resource' ELSE resource_credit <> 0 END THEN 'Usage'
         ELSE 'Spend' END AS CommitmentDiscountCategory,
    CASE WHEN NOT (is_purchase OR is_used OR part = 'unused') OR commitment IS NULL THEN NULL
         WHEN CASE WHEN is_fee THEN fee_kind = 'resource' ELSE resource_credit <> 0 END
             THEN 'Resource-based committed use discount'
         ELSE 'Spend-based committed use discount' END AS CommitmentDiscountType,
    CASE WHEN is_used THEN 'Used' WHEN part = 'unused' AND commitment IS NOT NULL THEN 'Unused' END
        AS CommitmentDiscountStatus,
    CASE WHEN commitment IS NULL THEN NULL
         WHEN is_used THEN CAST(weight AS DECIMAL(38,12))
         WHEN part = 'unused' THEN CAST(coalesce(unused_quantity, unused) AS DECIMAL(38,12))
         WHEN is_purchase THEN CAST(CASE WHEN fee_kind = 'model' THEN line_cost ELSE committed END AS DECIMAL(38,12))
    END AS CommitmentDiscountQuantity,
    CASE WHEN commitment IS NULL OR NOT (is_purchase OR is_used OR part = 'unused') THEN NULL
         WHEN CASE WHEN is_fee THEN fee_kind = 'resource' ELSE resource_credit <> 0 END THEN "usage.pricing_unit"
         ELSE currency END AS CommitmentDiscountUnit,
    -- gcp.service
    coalesce("service.description", 'Other') AS ServiceName,
    coalesce({{service_category}}, 'Other') AS ServiceCategory,
    CASE WHEN is_regular THEN "sku.id" END AS SkuId,
    CASE WHEN is_regular THEN "sku.id" END AS SkuPriceId,
    CASE WHEN is_regular THEN "sku.description" END AS SkuMeter,
    "location.region" AS RegionId,
    "location.zone" AS AvailabilityZone,
    coalesce("resource.global_name", "resource.name") AS ResourceId,
    "resource.name" AS ResourceName,
    -- gcp.tags
    CASE WHEN part <> 'unused' THEN tags_text END AS Tags,
    {{custom}} AS x_Custom,
    CASE
        WHEN part = 'credit' THEN 'gcp.credit'
        WHEN part = 'unused' THEN 'gcp.unused'
        WHEN part = 'rest' THEN 'gcp.covered-in-part'
        WHEN is_fee AND fee_kind = 'model' THEN 'gcp.offset'
        WHEN is_fee THEN 'gcp.fee'
        WHEN is_model_covered THEN 'gcp.model-covered'
        WHEN is_covered AND is_matched THEN 'gcp.covered'
        WHEN is_covered THEN 'gcp.fee-elsewhere'
        WHEN kind = 'tax' THEN 'gcp.tax'
        WHEN kind = 'rounding_error' THEN 'gcp.rounding-error'
        WHEN kind <> 'regular' THEN 'gcp.adjustment'
        WHEN transaction_type LIKE 'THIRD_PARTY%' THEN 'gcp.marketplace'
        WHEN folded <> 0 THEN 'gcp.folded-credit'
    END AS Rule,
    true AS InLedger,
    CASE WHEN part = 'charge' THEN 1 ELSE 0 END AS SourceRows,
    CASE part WHEN 'credit' THEN piece.amount WHEN 'unused' THEN 0 ELSE part_amount END AS SourceAmount,
    "project.id" AS SourceAccount,
    "service.description" AS SourceService,
    cost_type AS SourceLineType
FROM charges
