-- What follows from the rows of mapping.sql and is stated by none of them. Rules are those of rules.tsv.
WITH fees AS (
    SELECT *,
        CASE Rule
            WHEN 'aws.savings-plan-fee'
                THEN florin_decimal(x_Custom['x_SavingsPlanTotalCommitmentToDate'])
                     - florin_decimal(x_Custom['x_SavingsPlanUsedCommitment'])
            ELSE coalesce(florin_decimal(x_Custom['x_ReservationNetUnusedAmortizedUpfrontFeeForBillingPeriod']),
                          florin_decimal(x_Custom['x_ReservationUnusedAmortizedUpfrontFeeForBillingPeriod']), 0)
                 + coalesce(florin_decimal(x_Custom['x_ReservationNetUnusedRecurringFee']),
                            florin_decimal(x_Custom['x_ReservationUnusedRecurringFee']), 0)
        END AS unused,
        CASE Rule
            WHEN 'aws.savings-plan-fee'
                THEN florin_quantity(x_Custom['x_SavingsPlanTotalCommitmentToDate'])
                     - florin_quantity(x_Custom['x_SavingsPlanUsedCommitment'])
            ELSE coalesce(nullif(florin_quantity(x_Custom['x_ReservationUnusedNormalizedUnitQuantity']), 0),
                          florin_quantity(x_Custom['x_ReservationUnusedQuantity']))
        END AS unused_quantity
    FROM mapped
    WHERE Rule IN ('aws.savings-plan-fee', 'aws.reservation-fee') AND ChargeFrequency = 'Recurring'
), unused_rows AS (
    -- aws.savings-plan-unused, aws.reservation-unused
    SELECT * EXCLUDE (unused, unused_quantity) REPLACE (
        'Usage' AS ChargeCategory,
        'Usage-Based' AS ChargeFrequency,
        CAST(0 AS DECIMAL(38,18)) AS BilledCost,
        unused AS EffectiveCost,
        CAST(0 AS DECIMAL(38,18)) AS ListCost,
        CAST(0 AS DECIMAL(38,18)) AS ContractedCost,
        CAST(NULL AS DECIMAL(38,18)) AS ListUnitPrice,
        CAST(NULL AS DECIMAL(38,18)) AS ContractedUnitPrice,
        CAST(NULL AS DECIMAL(38,12)) AS PricingQuantity,
        CAST(NULL AS VARCHAR) AS PricingUnit,
        'Committed' AS PricingCategory,
        'Unused' AS CommitmentDiscountStatus,
        CASE WHEN CommitmentDiscountUnit IS NOT NULL THEN unused_quantity END AS CommitmentDiscountQuantity,
        CASE WHEN unused_quantity IS NOT NULL THEN CommitmentDiscountUnit END AS CommitmentDiscountUnit,
        map_from_entries(list_filter(map_entries(x_Custom), lambda e: {{kept_names}})) AS x_Custom,
        CASE Rule WHEN 'aws.savings-plan-fee' THEN 'aws.savings-plan-unused' ELSE 'aws.reservation-unused' END AS Rule,
        0 AS SourceRows,
        CAST(0 AS DECIMAL(38,18)) AS SourceAmount
    ) FROM fees
    WHERE unused > 0
), residues AS (
    -- aws.savings-plan-residue
    SELECT
        BillingAccountId, min(BillingAccountName) AS BillingAccountName, SubAccountId,
        min(SubAccountName) AS SubAccountName, BillingPeriodStart, BillingPeriodEnd,
        BillingPeriodStart AS ChargePeriodStart, BillingPeriodEnd AS ChargePeriodEnd, BillingCurrency,
        min(InvoiceIssuerName) AS InvoiceIssuerName, 'AWS' AS ServiceProviderName, 'AWS' AS HostProviderName,
        'AWS' AS PublisherName, 'Adjustment' AS ChargeCategory, 'One-Time' AS ChargeFrequency,
        'Covered usage and its negations differ' AS ChargeDescription,
        sum(SourceAmount) AS BilledCost, sum(SourceAmount) AS EffectiveCost, sum(SourceAmount) AS ListCost,
        sum(SourceAmount) AS ContractedCost,
        min(ServiceName) AS ServiceName, min(ServiceCategory) AS ServiceCategory,
        min(ServiceSubcategory) AS ServiceSubcategory,
        plan AS ResourceId,
        'aws.savings-plan-residue' AS Rule, true AS InLedger, 0 AS SourceRows,
        CAST(0 AS DECIMAL(38,18)) AS SourceAmount,
        SourceAccount, min({s: SourceService, t: SourceLineType}) AS told_apart
    FROM (SELECT *, x_Custom['x_SavingsPlanSavingsPlanARN'] AS plan FROM mapped
          WHERE Rule IN ('aws.savings-plan-covered', 'aws.savings-plan-negation'))
    GROUP BY BillingAccountId, SubAccountId, SourceAccount, BillingPeriodStart, BillingPeriodEnd, BillingCurrency, plan
    HAVING sum(SourceAmount) <> 0
), plans AS (
    -- Discounts that net costs show: on the fee, on the upfront fee's share, and handed on to covered usage.
    SELECT
        BillingAccountId, min(BillingAccountName) AS BillingAccountName, BillingPeriodStart, BillingPeriodEnd,
        BillingCurrency, CommitmentDiscountId,
        min(CommitmentDiscountType) AS CommitmentDiscountType,
        min(CommitmentDiscountCategory) AS CommitmentDiscountCategory,
        min({a: SourceAccount, s: SourceService, t: SourceLineType, p: SubAccountId, n: SubAccountName,
             i: InvoiceIssuerName, name: ServiceName, c: ServiceCategory, u: ServiceSubcategory})
            FILTER (WHERE Rule = 'aws.savings-plan-fee') AS fee,
        sum(SourceAmount - unblended) FILTER (WHERE Rule = 'aws.savings-plan-fee') AS fee_discount,
        sum(net_upfront - upfront) AS upfront_discount,
        sum(EffectiveCost - effective) FILTER (WHERE Rule = 'aws.savings-plan-covered') AS covered_discount,
        coalesce(sum(effective), 0) - coalesce(sum(used), 0) AS not_here,
        sum(commitment) - sum(unblended) FILTER (WHERE Rule = 'aws.savings-plan-fee') - coalesce(sum(upfront), 0)
            AS not_told
    FROM (SELECT *,
              florin_decimal(x_Custom['x_LineItemUnblendedCost']) AS unblended,
              florin_decimal(x_Custom['x_SavingsPlanSavingsPlanEffectiveCost']) AS effective,
              florin_decimal(x_Custom['x_SavingsPlanUsedCommitment']) AS used,
              florin_decimal(x_Custom['x_SavingsPlanTotalCommitmentToDate']) AS commitment,
              florin_decimal(x_Custom['x_SavingsPlanAmortizedUpfrontCommitmentForBillingPeriod']) AS upfront,
              florin_decimal(x_Custom['x_SavingsPlanNetAmortizedUpfrontCommitmentForBillingPeriod']) AS net_upfront
          FROM mapped
          WHERE {{has_net}} AND (Rule = 'aws.savings-plan-covered'
                                 OR Rule = 'aws.savings-plan-fee' AND ChargeFrequency = 'Recurring'))
    GROUP BY BillingAccountId, BillingPeriodStart, BillingPeriodEnd, BillingCurrency, CommitmentDiscountId
), net_unused AS (
    -- aws.savings-plan-net-unused
    SELECT
        BillingAccountId, BillingAccountName, fee.p AS SubAccountId, fee.n AS SubAccountName, BillingPeriodStart,
        BillingPeriodEnd, BillingPeriodStart AS ChargePeriodStart, BillingPeriodEnd AS ChargePeriodEnd,
        BillingCurrency, fee.i AS InvoiceIssuerName, 'AWS' AS ServiceProviderName, 'AWS' AS HostProviderName,
        'AWS' AS PublisherName, 'Usage' AS ChargeCategory, 'Usage-Based' AS ChargeFrequency,
        'Discounts on the unused part of the plan' AS ChargeDescription, CAST(0 AS DECIMAL(38,18)) AS BilledCost,
        fee_discount + coalesce(upfront_discount, 0) - coalesce(covered_discount, 0) AS EffectiveCost,
        CAST(0 AS DECIMAL(38,18)) AS ListCost, CAST(0 AS DECIMAL(38,18)) AS ContractedCost,
        'Committed' AS PricingCategory, CommitmentDiscountId, CommitmentDiscountType, CommitmentDiscountCategory,
        'Unused' AS CommitmentDiscountStatus, fee.name AS ServiceName, fee.c AS ServiceCategory,
        fee.u AS ServiceSubcategory, CommitmentDiscountId AS ResourceId, 'aws.savings-plan-net-unused' AS Rule,
        true AS InLedger, 0 AS SourceRows, CAST(0 AS DECIMAL(38,18)) AS SourceAmount, fee.a AS SourceAccount,
        fee.s AS SourceService, fee.t AS SourceLineType
    FROM plans
    -- Only where all usage that the plan covers is here, and the fees tell the whole commitment.
    WHERE fee_discount + coalesce(upfront_discount, 0) - coalesce(covered_discount, 0) <> 0
        AND not_here BETWEEN -0.01 AND 0.01 AND not_told BETWEEN -0.01 AND 0.01
)
SELECT * FROM unused_rows
UNION ALL BY NAME
SELECT * FROM net_unused
UNION ALL BY NAME
SELECT * EXCLUDE (told_apart), told_apart.s AS SourceService, told_apart.t AS SourceLineType FROM residues
