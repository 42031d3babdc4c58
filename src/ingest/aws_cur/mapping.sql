-- An AWS Cost and Usage Report, legacy or 2.0, as FOCUS 1.4. Columns are called as in Athena and CUR 2.0; rules are
-- those of rules.tsv. One row of the report is one row here; what no row states is in further_rows.sql.
WITH lines AS (
    SELECT * {{without_repeats}},
        -- aws.net-cost: what the bill's total is the sum of
        {{amount}} AS amount,
        florin_decimal(line_item_unblended_cost) AS unblended,
        florin_decimal(pricing_public_on_demand_cost) AS on_demand,
        florin_quantity(line_item_usage_amount) AS quantity,
        {{unit}} AS unit,
        coalesce(reservation_reservation_a_r_n, savings_plan_savings_plan_a_r_n) AS commitment,
        florin_instant(bill_billing_period_start_date) AS billing_start,
        florin_instant(line_item_usage_start_date) AS usage_start,
        florin_instant(line_item_usage_end_date) AS usage_end,
        {{service_place}} AS service_place,
        {{cost_categories}} AS cost_categories,
        -- aws.tags
        CASE WHEN json_valid(resource_tags) THEN json_type(resource_tags) = 'OBJECT' ELSE resource_tags IS NULL END
            AS tags_are_read,
        CASE WHEN NOT tags_are_read THEN resource_tags END AS unread_tags,
        -- aws.split-cost, aws.credit, aws.refund, aws.tax, aws.unknown-line-type and the commitments' rules
        CASE
            WHEN line_item_operation IN ('EKSPod-EC2', 'ECSTask-EC2')
                 OR split_line_item_parent_resource_id IS NOT NULL THEN 'split cost'
            WHEN line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage',
                                              'SavingsPlanNegation', 'SavingsPlanUpfrontFee',
                                              'SavingsPlanRecurringFee', 'RIFee', 'FlatRateSubscription', 'Tax',
                                              'Credit') THEN line_item_line_item_type
            WHEN line_item_line_item_type = 'Fee' AND reservation_reservation_a_r_n IS NOT NULL THEN 'RIUpfrontFee'
            WHEN line_item_line_item_type = 'Fee' THEN 'Fee'
            WHEN line_item_line_item_type = 'Refund' AND savings_plan_savings_plan_a_r_n IS NOT NULL
                 AND florin_instant(line_item_usage_end_date)
                     <= florin_instant(line_item_usage_start_date) + INTERVAL 7 DAY THEN 'returned plan'
            WHEN line_item_line_item_type = 'Refund' THEN 'Refund'
            WHEN line_item_line_item_type LIKE '%Discount' THEN 'Discount'
            ELSE 'unknown'
        END AS kind
    FROM staged
), costs AS (
    SELECT *,
        kind IN ('RIUpfrontFee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee', 'returned plan')
            AS is_commitment_fee,
        kind IN ('DiscountedUsage', 'SavingsPlanCoveredUsage') AS is_covered,
        kind IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage') AS is_usage,
        kind IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'RIFee', 'RIUpfrontFee', 'Fee',
                 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee', 'FlatRateSubscription') AS is_priced,
        -- aws.discount-folded: what the net costs have taken in is no charge of its own
        kind = 'Discount' AND {{has_net}} AND amount = 0 AS is_folded,
        -- aws.custom-columns: what no column of FOCUS holds in this row
        CASE WHEN is_priced THEN NULL ELSE product_sku END AS sku_kept,
        CASE WHEN is_priced THEN NULL ELSE pricing_rate_code END AS rate_code_kept,
        CASE WHEN is_commitment_fee THEN line_item_resource_id END AS resource_id_kept,
        -- aws.list-cost: a zero is no list price of what costs something, be it only its share of a reservation
        on_demand IS NOT NULL
            AND (on_demand <> 0
                 OR coalesce(unblended, 0) = 0
                    AND (kind <> 'DiscountedUsage'
                         OR coalesce(florin_decimal(reservation_net_effective_cost),
                                     florin_decimal(reservation_effective_cost), 0) = 0)) AS has_list_price
    FROM lines
)
SELECT
    -- aws.accounts
    bill_payer_account_id AS BillingAccountId,
    bill_payer_account_name AS BillingAccountName,
    line_item_usage_account_id AS SubAccountId,
    line_item_usage_account_name AS SubAccountName,
    billing_start AS BillingPeriodStart,
    florin_instant(bill_billing_period_end_date) AS BillingPeriodEnd,
    usage_start AS ChargePeriodStart,
    coalesce(usage_end, usage_start) AS ChargePeriodEnd,
    bill_invoice_id AS InvoiceId,
    line_item_currency_code AS BillingCurrency,
    -- aws.marketplace: the seller provides, AWS invoices
    coalesce(bill_invoicing_entity, line_item_legal_entity, 'AWS') AS InvoiceIssuerName,
    CASE WHEN bill_billing_entity = 'AWS Marketplace'
         THEN coalesce(line_item_legal_entity, bill_invoicing_entity, 'AWS Marketplace') ELSE 'AWS' END
        AS ServiceProviderName,
    CASE WHEN bill_billing_entity = 'AWS Marketplace'
         THEN coalesce(line_item_legal_entity, bill_invoicing_entity, 'AWS Marketplace') ELSE 'AWS' END
        AS PublisherName,
    CASE WHEN bill_billing_entity IS DISTINCT FROM 'AWS Marketplace' OR product_region_code IS NOT NULL
              OR product_region IS NOT NULL THEN 'AWS' END AS HostProviderName,
    CASE
        WHEN kind IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation', 'split cost')
            THEN 'Usage'
        WHEN is_commitment_fee OR kind IN ('Fee', 'FlatRateSubscription') THEN 'Purchase'
        WHEN kind IN ('Tax', 'Credit') THEN kind
        WHEN kind = 'Refund' AND commitment IS NOT NULL THEN 'Purchase'
        ELSE 'Adjustment'
    END AS ChargeCategory,
    -- aws.correction: what an earlier period's bill had said
    CASE WHEN kind IN ('Refund', 'Credit', 'returned plan') AND usage_start < billing_start THEN 'Correction' END
        AS ChargeClass,
    CASE WHEN is_usage OR kind IN ('SavingsPlanNegation', 'split cost') THEN 'Usage-Based'
         WHEN kind IN ('RIFee', 'SavingsPlanRecurringFee', 'FlatRateSubscription') THEN 'Recurring'
         ELSE 'One-Time' END AS ChargeFrequency,
    line_item_line_item_description AS ChargeDescription,
    -- aws.savings-plan-covered: the plan has paid for it
    CASE WHEN kind = 'SavingsPlanCoveredUsage' THEN CAST(0 AS DECIMAL(38,18)) ELSE amount END AS BilledCost,
    CASE kind
        WHEN 'DiscountedUsage' THEN coalesce(florin_decimal(reservation_net_effective_cost),
                                             florin_decimal(reservation_effective_cost))
        WHEN 'SavingsPlanCoveredUsage' THEN coalesce(florin_decimal(savings_plan_net_savings_plan_effective_cost),
                                                     florin_decimal(savings_plan_savings_plan_effective_cost))
        -- aws.reservation-fee, aws.savings-plan-fee: the covered usage carries what they cost
        ELSE CASE WHEN is_commitment_fee THEN CAST(0 AS DECIMAL(38,18)) ELSE amount END
    END AS EffectiveCost,
    CASE
        -- aws.discount: list is before all discounts
        WHEN kind = 'Discount' THEN CAST(0 AS DECIMAL(38,18))
        WHEN is_usage AND has_list_price THEN on_demand
        WHEN kind = 'DiscountedUsage' THEN NULL
        WHEN kind = 'SavingsPlanCoveredUsage' THEN unblended
        ELSE amount
    END AS ListCost,
    CASE WHEN is_usage AND has_list_price AND florin_decimal(pricing_public_on_demand_rate) >= 0
         THEN florin_decimal(pricing_public_on_demand_rate) END AS ListUnitPrice,
    -- aws.contracted-cost: of covered usage what it would have cost without its commitment
    CASE WHEN kind = 'DiscountedUsage' THEN CASE WHEN has_list_price AND NOT {{has_net}} THEN on_demand END
         ELSE amount END AS ContractedCost,
    CASE WHEN kind IN ('Usage', 'SavingsPlanCoveredUsage') AND {{rate}} >= 0 THEN {{rate}} END AS ContractedUnitPrice,
    CASE WHEN is_covered THEN 'Committed'
         WHEN kind = 'Usage' AND (pricing_purchase_option = 'Spot' OR line_item_usage_type LIKE '%SpotUsage%')
             THEN 'Dynamic'
         WHEN is_priced THEN 'Standard' END AS PricingCategory,
    CASE WHEN is_usage AND unit IS NOT NULL THEN quantity END AS ConsumedQuantity,
    CASE WHEN is_usage AND quantity IS NOT NULL THEN unit END AS ConsumedUnit,
    CASE WHEN is_priced AND unit IS NOT NULL THEN quantity END AS PricingQuantity,
    CASE WHEN is_priced AND quantity IS NOT NULL THEN unit END AS PricingUnit,
    -- aws.commitment: the ARN is the commitment
    CASE WHEN is_covered OR is_commitment_fee THEN commitment END AS CommitmentDiscountId,
    CASE WHEN commitment IS NULL OR NOT (is_covered OR is_commitment_fee) THEN NULL
         WHEN reservation_reservation_a_r_n IS NOT NULL THEN 'Usage' ELSE 'Spend' END AS CommitmentDiscountCategory,
    CASE WHEN commitment IS NULL OR NOT (is_covered OR is_commitment_fee) THEN NULL
         WHEN reservation_reservation_a_r_n IS NOT NULL THEN 'Reserved Instance' ELSE 'Savings Plan' END
        AS CommitmentDiscountType,
    CASE WHEN is_covered AND commitment IS NOT NULL THEN 'Used' END AS CommitmentDiscountStatus,
    -- aws.commitment-quantity: a plan in money, a reservation in hours or normalised units
    CASE
        WHEN commitment IS NULL THEN NULL
        WHEN kind = 'SavingsPlanCoveredUsage' THEN florin_quantity(savings_plan_savings_plan_effective_cost)
        WHEN kind = 'SavingsPlanRecurringFee' THEN florin_quantity(savings_plan_total_commitment_to_date)
        WHEN kind = 'DiscountedUsage' THEN coalesce(nullif(florin_quantity(line_item_normalized_usage_amount), 0),
                                                    quantity)
        WHEN kind IN ('RIFee', 'RIUpfrontFee')
            THEN coalesce(nullif(florin_quantity(reservation_total_reserved_normalized_units), 0),
                          florin_quantity(reservation_total_reserved_units))
    END AS CommitmentDiscountQuantity,
    CASE
        WHEN commitment IS NULL THEN NULL
        WHEN kind = 'SavingsPlanCoveredUsage' AND savings_plan_savings_plan_effective_cost IS NOT NULL
             OR kind = 'SavingsPlanRecurringFee' AND savings_plan_total_commitment_to_date IS NOT NULL
            THEN line_item_currency_code
        WHEN kind = 'DiscountedUsage' AND florin_quantity(line_item_normalized_usage_amount) <> 0
             OR kind IN ('RIFee', 'RIUpfrontFee') AND florin_quantity(reservation_total_reserved_normalized_units) <> 0
            THEN 'Normalized Units'
        WHEN kind = 'DiscountedUsage' OR kind IN ('RIFee', 'RIUpfrontFee')
             AND reservation_total_reserved_units IS NOT NULL THEN coalesce(unit, 'Hours')
    END AS CommitmentDiscountUnit,
    -- aws.service
    coalesce(product_product_name, {{product_name}}, {{service_name}}, line_item_product_code, 'Other') AS ServiceName,
    coalesce({{service_category}}, 'Other') AS ServiceCategory,
    coalesce({{service_subcategory}}, 'Other (Other)') AS ServiceSubcategory,
    -- aws.sku
    CASE WHEN is_priced THEN coalesce(product_sku, nullif(split_part(pricing_rate_code, '.', 1), '')) END AS SkuId,
    CASE WHEN is_priced THEN pricing_rate_code END AS SkuPriceId,
    florin_text_object('InstanceType', CASE WHEN is_priced THEN product_instance_type END) AS SkuPriceDetails,
    coalesce(product_region_code, product_region) AS RegionId,
    product_location AS RegionName,
    line_item_availability_zone AS AvailabilityZone,
    CASE WHEN is_commitment_fee THEN commitment ELSE line_item_resource_id END AS ResourceId,
    -- aws.tags
    {{tags}} AS Tags,
    {{custom}} AS x_Custom,
    CASE
        WHEN kind = 'split cost' THEN 'aws.split-cost'
        WHEN kind = 'DiscountedUsage' THEN 'aws.reserved-usage'
        WHEN kind = 'SavingsPlanCoveredUsage' THEN 'aws.savings-plan-covered'
        WHEN kind = 'SavingsPlanNegation' THEN 'aws.savings-plan-negation'
        WHEN kind IN ('SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee') THEN 'aws.savings-plan-fee'
        WHEN kind IN ('RIFee', 'RIUpfrontFee') THEN 'aws.reservation-fee'
        WHEN kind = 'returned plan' THEN 'aws.savings-plan-returned'
        WHEN is_folded THEN 'aws.discount-folded'
        WHEN kind = 'Discount' THEN 'aws.discount'
        WHEN kind = 'Tax' THEN 'aws.tax'
        WHEN kind = 'Credit' THEN 'aws.credit'
        WHEN kind = 'Refund' THEN 'aws.refund'
        WHEN kind IN ('Fee', 'FlatRateSubscription') THEN 'aws.fee'
        WHEN kind = 'unknown' THEN 'aws.unknown-line-type'
        WHEN bill_billing_entity = 'AWS Marketplace' THEN 'aws.marketplace'
    END AS Rule,
    kind <> 'SavingsPlanNegation' AND NOT is_folded AS InLedger,
    1 AS SourceRows,
    amount AS SourceAmount,
    line_item_usage_account_id AS SourceAccount,
    line_item_product_code AS SourceService,
    line_item_line_item_type AS SourceLineType
FROM costs
