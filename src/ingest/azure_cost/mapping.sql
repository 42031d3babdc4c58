-- An Azure cost details file, actual or amortized, of an Enterprise Agreement or a Microsoft Customer
-- Agreement, as FOCUS 1.4. One row of the file is one charge. Names before "AS" in the inner SELECT are facts
-- that several columns need; {{amortized}} is true or false for the whole delivery. Rules are those of rules.tsv.
SELECT
    the_billing_account AS BillingAccountId,
    coalesce(CASE WHEN {{mca}} THEN BillingProfileName END, BillingAccountName) AS BillingAccountName,
    CASE WHEN {{mca}} THEN 'Billing Profile' ELSE 'Billing Account' END AS BillingAccountType,
    BillingCurrency,
    -- azure.dates
    date_trunc('day', florin_instant(BillingPeriodStartDate)) AS BillingPeriodStart,
    date_trunc('day', florin_instant(BillingPeriodEndDate)) + INTERVAL 1 DAY AS BillingPeriodEnd,
    date_trunc('day', florin_instant("Date")) AS ChargePeriodStart,
    date_trunc('day', florin_instant("Date")) + INTERVAL 1 DAY AS ChargePeriodEnd,
    SubscriptionId AS SubAccountId,
    CASE WHEN SubscriptionId IS NOT NULL THEN {{stated SubscriptionName}} END AS SubAccountName,
    CASE WHEN SubscriptionId IS NOT NULL THEN 'Subscription' END AS SubAccountType,
    InvoiceId,
    -- azure.publisher
    coalesce(PartnerName, 'Microsoft') AS InvoiceIssuerName,
    'Microsoft' AS ServiceProviderName,
    CASE WHEN NOT is_marketplace THEN 'Microsoft' END AS HostProviderName,
    'Microsoft' AS ProviderName,
    coalesce(PublisherName, CASE WHEN NOT is_marketplace THEN 'Microsoft' END) AS PublisherName,

    -- azure.charge-category, azure.unused, azure.refund, azure.adjustment
    CASE WHEN the_charge_type IN ('usage', 'unusedreservation', 'unusedsavingsplan', 'unusedbenefit') THEN 'Usage'
         WHEN the_charge_type IN ('purchase', 'refund') THEN 'Purchase'
         WHEN the_charge_type = 'tax' THEN 'Tax'
         WHEN the_charge_type = 'credit' THEN 'Credit'
         ELSE 'Adjustment' END AS ChargeCategory,
    CASE WHEN the_charge_type = 'refund' THEN 'Correction' END AS ChargeClass,
    ProductName AS ChargeDescription,
    CASE lower(Frequency) WHEN 'onetime' THEN 'One-Time' WHEN 'recurring' THEN 'Recurring'
                          WHEN 'usagebased' THEN 'Usage-Based' END AS ChargeFrequency,
    CASE WHEN is_covered OR is_unused THEN 'Committed'
         WHEN the_charge_type = 'tax' THEN NULL
         WHEN the_pricing_model = 'spot' THEN 'Dynamic'
         WHEN the_pricing_model IN ('ondemand', 'reservation', 'reservations', 'savingsplan') THEN 'Standard'
         END AS PricingCategory,

    -- azure.covered, azure.unused: another charge pays for them. In the actual export their cost is 0 anyway.
    CASE WHEN {{amortized}} AND (is_covered OR is_unused) THEN 0 ELSE the_cost END AS BilledCost,
    -- azure.commitment-purchase; of other charges the actual export does not know it
    CASE WHEN {{amortized}} THEN the_cost WHEN is_covering THEN 0 END AS EffectiveCost,
    CASE WHEN {{amortized}} THEN the_cost_in_pricing_currency
         WHEN is_covering AND PricingCurrency IS NOT NULL THEN 0 END AS PricingCurrencyEffectiveCost,

    -- azure.list-cost, azure.price-zero, azure.exchange-rate
    CASE WHEN has_price THEN florin_times(the_list_price, the_rate) END AS ListUnitPrice,
    CASE WHEN has_price THEN florin_times(the_contracted_price, the_rate) END AS ContractedUnitPrice,
    CASE WHEN is_unused THEN 0
         WHEN NOT has_price THEN CASE WHEN the_charge_type <> 'tax' THEN the_cost END
         WHEN {{mca}} THEN the_list_cost
         ELSE florin_cost(florin_times(the_list_price, the_rate), the_quantity) END AS ListCost,
    CASE WHEN is_unused THEN 0
         WHEN NOT has_price THEN CASE WHEN the_charge_type <> 'tax' THEN the_cost END
         ELSE florin_cost(florin_times(the_contracted_price, the_rate), the_quantity) END AS ContractedCost,
    upper(PricingCurrency) AS PricingCurrency,
    CASE WHEN PricingCurrency IS NOT NULL AND has_price THEN the_list_price END AS PricingCurrencyListUnitPrice,
    CASE WHEN PricingCurrency IS NOT NULL AND has_price THEN the_contracted_price END
        AS PricingCurrencyContractedUnitPrice,

    -- azure.units, azure.unit-unknown
    CASE WHEN has_price THEN the_quantity END AS PricingQuantity,
    CASE WHEN has_price AND the_quantity IS NOT NULL THEN the_pricing_unit END AS PricingUnit,
    CASE WHEN the_charge_type = 'usage' THEN florin_quantity_times(the_quantity, the_block) END AS ConsumedQuantity,
    CASE WHEN the_charge_type = 'usage' AND the_quantity IS NOT NULL THEN the_consumed_unit END AS ConsumedUnit,

    -- azure.commitment-id
    the_commitment AS CommitmentDiscountId,
    CASE WHEN the_commitment IS NOT NULL THEN the_commitment_name END AS CommitmentDiscountName,
    CASE WHEN the_commitment IS NOT NULL THEN the_commitment_type END AS CommitmentDiscountType,
    CASE WHEN the_commitment IS NULL THEN NULL WHEN is_reservation THEN 'Usage' ELSE 'Spend' END
        AS CommitmentDiscountCategory,
    CASE WHEN the_commitment IS NULL THEN NULL WHEN is_unused THEN 'Unused' WHEN is_covered THEN 'Used' END
        AS CommitmentDiscountStatus,
    -- azure.commitment-quantity
    the_commitment_quantity AS CommitmentDiscountQuantity,
    CASE WHEN the_commitment_quantity IS NULL THEN NULL
         WHEN is_reservation THEN the_consumed_unit
         ELSE upper(coalesce(CASE WHEN CostInPricingCurrency IS NOT NULL THEN PricingCurrency END, BillingCurrency))
         END AS CommitmentDiscountUnit,

    -- azure.service
    the_service AS ServiceName,
    coalesce({{service_category}}, 'Other') AS ServiceCategory,
    coalesce({{service_subcategory}}, 'Other (Other)') AS ServiceSubcategory,
    CASE WHEN the_charge_type <> 'tax' THEN ProductId END AS SkuId,
    CASE WHEN the_charge_type NOT IN ('tax', 'purchase', 'refund') THEN {{stated MeterName}} END AS SkuMeter,
    -- azure.region
    lower(replace({{stated ResourceLocation}}, ' ', '')) AS RegionId,
    CASE WHEN {{stated ResourceLocation}} IS NOT NULL
         THEN coalesce({{stated Location}}, {{stated ResourceLocationNormalized}}, ResourceLocation) END AS RegionName,
    {{stated AvailabilityZone}} AS AvailabilityZone,

    -- azure.resource, azure.not-stated
    CASE WHEN is_of_commitment THEN the_commitment ELSE lower(the_resource) END AS ResourceId,
    CASE WHEN is_of_commitment THEN the_commitment_name
         ELSE coalesce({{stated ResourceName}},
                       CASE WHEN the_resource LIKE '/%' THEN split_part(the_resource, '/', -1) END) END AS ResourceName,
    CASE WHEN is_of_commitment THEN the_commitment_type
         ELSE coalesce(lower({{stated ResourceType}}), the_resource_type) END AS ResourceType,
    the_capacity_reservation AS CapacityReservationId,
    CASE WHEN the_capacity_reservation IS NULL THEN NULL
         WHEN the_resource_type = 'microsoft.compute/capacityreservationgroups/capacityreservations' THEN 'Unused'
         ELSE 'Used' END AS CapacityReservationStatus,

    -- azure.tags, azure.tags-unreadable
    CASE WHEN tags_are_read THEN nullif(regexp_replace(the_tags, '":\s*""', '":true', 'g'), '{}') END AS Tags,
    {{custom}} AS x_Custom,

    CASE WHEN is_unused THEN 'azure.unused'
         WHEN is_covering THEN 'azure.commitment-purchase'
         WHEN is_covered THEN 'azure.covered'
         WHEN the_charge_type = 'refund' THEN 'azure.refund'
         WHEN the_charge_type NOT IN ('usage', 'purchase', 'tax', 'credit') THEN 'azure.adjustment'
         WHEN NOT tags_are_read THEN 'azure.tags-unreadable'
         WHEN NOT unit_is_read THEN 'azure.unit-unknown' END AS Rule,
    true AS InLedger,
    1 AS SourceRows,
    the_cost AS SourceAmount,
    coalesce(SubscriptionId, '') AS SourceAccount,
    coalesce(MeterCategory, '') AS SourceService,
    coalesce(ChargeType, '') AS SourceLineType,
    CASE WHEN {{amortized}} THEN 'amortized' WHEN is_covering THEN 'actual-purchases' ELSE 'actual' END AS "Role",
    CASE WHEN NOT {{amortized}} AND NOT is_covering THEN 'amortized' END AS YieldsTo
FROM (
    SELECT
        *,
        CASE WHEN NOT (is_covered OR is_covering OR is_unused) THEN NULL
             ELSE lower(coalesce({{stated BenefitId}}, {{stated ReservationId}},
                                 CASE WHEN is_covering OR is_unused THEN ProductOrderId END)) END AS the_commitment,
        CASE WHEN BenefitId ILIKE '%/microsoft.capacity/%' THEN true
             WHEN BenefitId ILIKE '%/microsoft.billingbenefits/%' THEN false
             ELSE the_charge_type = 'unusedreservation' OR the_pricing_model LIKE 'reservation%' END AS is_reservation,
        CASE WHEN is_reservation THEN 'Reservation' ELSE 'Savings Plan' END AS the_commitment_type,
        coalesce({{stated BenefitName}}, {{stated ReservationName}}, ProductOrderName) AS the_commitment_name,
        (is_unused OR is_covering) AND the_commitment IS NOT NULL AS is_of_commitment,
        CASE WHEN NOT (is_covered OR is_unused) THEN NULL
             WHEN is_reservation THEN florin_quantity_times(florin_quantity_times(the_quantity, the_block), the_ratio)
             WHEN {{amortized}} THEN florin_quantity(coalesce(CostInPricingCurrency, CostInBillingCurrency))
             END AS the_commitment_quantity,
        CASE WHEN florin_decimal(PayGPrice) = 0 AND price_may_lack THEN NULL ELSE florin_decimal(PayGPrice) END
            AS the_list_price,
        CASE WHEN florin_decimal(UnitPrice) = 0 AND price_may_lack THEN NULL ELSE florin_decimal(UnitPrice) END
            AS the_contracted_price,
        CASE WHEN florin_decimal(PaygCostInBillingCurrency) = 0 AND price_may_lack THEN NULL
             ELSE florin_decimal(PaygCostInBillingCurrency) END AS the_list_cost,
        lower(the_info ->> '$.VMCapacityReservationId') AS the_capacity_reservation,
        CASE WHEN the_resource ILIKE '%/providers/%'
             THEN string_split(split_part(lower(the_resource), '/providers/', -1), '/') END AS the_type_path,
        array_to_string(list_prepend(the_type_path[1], the_type_path[2:-1:2]), '/') AS the_resource_type,
        coalesce({{stated MeterCategory}},
                 CASE WHEN NOT (is_covering OR is_unused) THEN NULL
                      WHEN is_reservation THEN 'Azure Reservations' ELSE 'Azure Savings Plan for Compute' END,
                 CASE WHEN is_marketplace THEN PublisherName END, ProductOrderName, ProductName, ChargeType)
            AS the_service
    FROM (
        SELECT
            *,
            lower(ChargeType) AS the_charge_type,
            lower(replace(coalesce(PricingModel, ''), ' ', '')) AS the_pricing_model,
            the_pricing_model IN ('reservation', 'reservations', 'savingsplan') AS is_committed,
            the_charge_type IN ('unusedreservation', 'unusedsavingsplan', 'unusedbenefit') AS is_unused,
            the_charge_type = 'usage' AND is_committed AS is_covered,
            the_charge_type IN ('purchase', 'refund') AND is_committed AS is_covering,
            coalesce(the_charge_type IN ('usage', 'purchase', 'refund'), false) AS has_price,
            coalesce(lower(PublisherType) = 'marketplace', false) AS is_marketplace,
            florin_decimal(CostInBillingCurrency) AS the_cost,
            florin_decimal(CostInPricingCurrency) AS the_cost_in_pricing_currency,
            florin_quantity(Quantity) AS the_quantity,
            the_cost <> 0 OR is_committed OR is_marketplace AS price_may_lack,
            coalesce(florin_decimal(ExchangeRatePricingToBilling),
                     CASE WHEN PricingCurrency IS NULL OR upper(PricingCurrency) = upper(BillingCurrency) THEN 1 END)
                ::DECIMAL(38,18) AS the_rate,
            -- azure.units
            {{block}} AS the_block,
            {{consumed_unit}} AS the_consumed_unit,
            {{pricing_unit}} AS the_pricing_unit,
            {{unit_is_read}} AS unit_is_read,
            -- azure.billing-account
            CASE WHEN {{account}} LIKE '/%' THEN {{account}}
                 ELSE '/providers/Microsoft.Billing/billingAccounts/' || {{account_path}} END AS the_billing_account,
            {{stated ResourceId}} AS the_resource,
            CASE WHEN json_valid(AdditionalInfo) THEN AdditionalInfo END AS the_info,
            CASE WHEN regexp_full_match(the_info ->> '$.RINormalizationRatio', '[0-9]{1,9}([.][0-9]+)?')
                 THEN florin_quantity(the_info ->> '$.RINormalizationRatio') ELSE 1 END::DECIMAL(38,12) AS the_ratio,
            CASE WHEN trim(Tags) LIKE '{%' THEN trim(Tags) ELSE '{' || Tags || '}' END AS the_tags,
            CASE WHEN Tags IS NULL THEN true
                 WHEN json_valid(the_tags) THEN json_type(the_tags) = 'OBJECT' ELSE false END AS tags_are_read,
            CASE WHEN NOT tags_are_read THEN Tags END AS unread_tags
        FROM staged))
