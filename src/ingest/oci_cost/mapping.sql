-- An OCI cost report as FOCUS 1.4. One row of the report is one charge; rules are those of rules.tsv.
SELECT
    -- oci.billing-account
    coalesce("cost/subscriptionId", "lineItem/tenantId") AS BillingAccountId,
    "lineItem/tenantId" AS SubAccountId,
    'Oracle' AS InvoiceIssuerName,
    'Oracle' AS ServiceProviderName,
    'Oracle' AS HostProviderName,
    -- oci.billing-period
    date_trunc('month', florin_instant("lineItem/intervalUsageStart")) AS BillingPeriodStart,
    date_trunc('month', florin_instant("lineItem/intervalUsageStart")) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    florin_instant("lineItem/intervalUsageStart") AS ChargePeriodStart,
    florin_instant("lineItem/intervalUsageEnd") AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    -- oci.correction
    CASE WHEN lower("lineItem/isCorrection") = 'true' THEN 'Correction' END AS ChargeClass,
    "product/Description" AS ChargeDescription,
    'Usage-Based' AS ChargeFrequency,
    "cost/currencyCode" AS BillingCurrency,
    -- oci.costs
    coalesce(florin_decimal("cost/myCost"), 0) AS BilledCost,
    coalesce(florin_decimal("cost/myCost"), 0) AS EffectiveCost,
    coalesce(florin_decimal("cost/myCost"), 0) AS ContractedCost,
    florin_decimal("cost/unitPrice") AS ContractedUnitPrice,
    florin_quantity("usage/billedQuantity") AS ConsumedQuantity,
    "cost/skuUnitDescription" AS ConsumedUnit,
    florin_quantity("usage/billedQuantity") AS PricingQuantity,
    "cost/skuUnitDescription" AS PricingUnit,
    'Standard' AS PricingCategory,
    "product/service" AS ServiceName,
    coalesce({{service_category}}, 'Other') AS ServiceCategory,
    "cost/productSku" AS SkuId,
    "cost/productSku" AS SkuPriceId,
    "product/region" AS RegionId,
    "product/availabilityDomain" AS AvailabilityZone,
    "product/resourceId" AS ResourceId,
    CASE WHEN "product/resourceId" LIKE 'ocid1.%' THEN split_part("product/resourceId", '.', 2) END AS ResourceType,
    {{tags}} AS Tags,
    {{custom}} AS x_Custom,
    CASE WHEN lower("lineItem/isCorrection") = 'true' THEN 'oci.correction'
         WHEN lower("cost/overageFlag") IN ('true', 'y') THEN 'oci.overage' END AS Rule,
    true AS InLedger,
    1 AS SourceRows,
    coalesce(florin_decimal("cost/myCost"), 0) AS SourceAmount,
    "lineItem/tenantId" AS SourceAccount,
    "product/service" AS SourceService,
    "lineItem/isCorrection" AS SourceLineType
FROM staged
