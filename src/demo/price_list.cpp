// What the company buys and its list prices: invented, in the order of magnitude of public prices.
#include "demo/company.hpp"

namespace florin::demo {

namespace {

constexpr Rhythm kFlat = Rhythm::kFlat;
constexpr Rhythm kOffice = Rhythm::kOffice;
constexpr Rhythm kConsumer = Rhythm::kConsumer;
constexpr Rhythm kMonthEnd = Rhythm::kMonthEnd;

std::vector<Sku> aws_skus() {
    return {
        {"aws", "AWS-EC2-M7I", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines",
         "Linux m7i.xlarge, per hour", "Instance Hours", "Hours", "Hours", 20'160'000, 1, 1'000, 220, kConsumer, true,
         false, "instance"},
        {"aws", "AWS-EC2-C7G", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines",
         "Linux c7g.xlarge, per hour", "Instance Hours", "Hours", "Hours", 14'500'000, 1, 1'000, 120, kOffice, true,
         false, "instance"},
        {"aws", "AWS-EC2-SPOT", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines",
         "Linux m7i.xlarge, spot, per hour", "Spot Instance Hours", "Hours", "Hours", 6'120'000, 1, 1'000, 40,
         kMonthEnd, true, true, "instance"},
        {"aws", "AWS-EBS-GP3", "Amazon Elastic Block Store", "Storage", "Block Storage", "General purpose volume, gp3",
         "Provisioned Storage", "GB-Months", "GB-Months", 8'000'000, 1, 1'000, 60, kFlat, false, false, "volume"},
        {"aws", "AWS-S3-STANDARD", "Amazon Simple Storage Service", "Storage", "Object Storage", "Standard storage",
         "Stored Data", "GB-Months", "GB-Months", 2'300'000, 1, 1'000, 90, kFlat, false, false, "bucket"},
        {"aws", "AWS-S3-GET", "Amazon Simple Storage Service", "Storage", "Object Storage",
         "GET, SELECT and all other requests", "Read Requests", "1000 Requests", "Requests", 40'000, 1'000, 1'000, 12,
         kConsumer, false, false, "bucket"},
        {"aws", "AWS-RDS-AURORA", "Amazon Relational Database Service", "Databases", "Relational Databases",
         "Aurora PostgreSQL db.r7g.xlarge, per hour", "Instance Hours", "Hours", "Hours", 51'900'000, 1, 1'000, 140,
         kFlat, true, false, "cluster"},
        {"aws", "AWS-DDB-WRITE", "Amazon DynamoDB", "Databases", "NoSQL Databases", "On-demand write request units",
         "Write Requests", "1000000 Requests", "Requests", 125'000'000, 1'000'000, 1, 40, kConsumer, false, false,
         "table"},
        {"aws", "AWS-CACHE-R7G", "Amazon ElastiCache", "Databases", "Caching", "Redis cache.r7g.large, per hour",
         "Node Hours", "Hours", "Hours", 21'900'000, 1, 1'000, 30, kFlat, false, false, "cluster"},
        {"aws", "AWS-LAMBDA-GBS", "AWS Lambda", "Compute", "Serverless Compute", "Duration, Arm", "Duration",
         "GB-Seconds", "GB-Seconds", 1'333, 1, 1'000'000, 25, kConsumer, false, false, "function"},
        {"aws", "AWS-EKS-CLUSTER", "Amazon Elastic Kubernetes Service", "Compute", "Containers", "Cluster, per hour",
         "Cluster Hours", "Hours", "Hours", 10'000'000, 1, 1'000, 12, kFlat, false, false, "cluster"},
        {"aws", "AWS-DT-OUT", "AWS Data Transfer", "Networking", "Network Connectivity",
         "Data transfer out to the internet", "Outbound Data", "GB", "GB", 9'000'000, 1, 1'000, 55, kConsumer, true,
         false, "natgateway"},
        {"aws", "AWS-CF-EDGE", "Amazon CloudFront", "Networking", "Content Delivery", "Data transfer out, Europe",
         "Outbound Data", "GB", "GB", 8'500'000, 1, 1'000, 35, kConsumer, false, false, "distribution"},
        {"aws", "AWS-VPC-NAT", "Amazon Virtual Private Cloud", "Networking", "Network Infrastructure",
         "NAT gateway, per hour", "Gateway Hours", "Hours", "Hours", 4'800'000, 1, 1'000, 18, kFlat, false, false,
         "natgateway"},
        {"aws", "AWS-CW-LOGS", "Amazon CloudWatch", "Management and Governance", "Observability", "Log data ingested",
         "Ingested Logs", "GB", "GB", 57'000'000, 1, 1'000, 40, kConsumer, false, false, "log-group"},
        {"aws", "AWS-SQS-STD", "Amazon Simple Queue Service", "Integration", "Messaging", "Standard requests",
         "Requests", "1000000 Requests", "Requests", 40'000'000, 1'000'000, 1, 6, kConsumer, false, false, "queue"},
        {"aws", "AWS-KMS-REQ", "AWS Key Management Service", "Security", "Secret Management", "Requests", "Requests",
         "10000 Requests", "Requests", 3'000'000, 10'000, 100, 4, kFlat, false, false, "key"},
        {"aws", "AWS-GD-EVENTS", "Amazon GuardDuty", "Security", "Threat Detection and Response", "Analysed flow logs",
         "Analysed Data", "GB", "GB", 100'000'000, 1, 1'000, 14, kFlat, false, false, "detector"},
        {"aws", "AWS-GLUE-DPU", "AWS Glue", "Analytics", "Data Processing", "ETL jobs, per DPU hour", "Job Hours",
         "Hours", "Hours", 44'000'000, 1, 1'000, 35, kMonthEnd, false, false, "job"},
        {"aws", "AWS-BACKUP-WARM", "AWS Backup", "Storage", "Backup Storage", "Warm storage", "Stored Backups",
         "GB-Months", "GB-Months", 5'000'000, 1, 1'000, 15, kFlat, false, false, "vault"},
    };
}

std::vector<Sku> azure_skus() {
    return {
        {"azure", "AZ-VM-D8SV5", "Virtual Machines", "Compute", "Virtual Machines", "D8s v5, per hour", "Compute Hours",
         "Hours", "Hours", 38'400'000, 1, 1'000, 200, kOffice, true, false, "virtualMachines"},
        {"azure", "AZ-VM-E16SV5", "Virtual Machines", "Compute", "Virtual Machines", "E16s v5, per hour",
         "Compute Hours", "Hours", "Hours", 100'800'000, 1, 1'000, 90, kMonthEnd, true, false, "virtualMachines"},
        {"azure", "AZ-DISK-P30", "Storage", "Storage", "Block Storage", "Premium SSD managed disk, P30", "Disk Months",
         "Disk-Months", "Disk-Months", 13'517'000'000, 1, 100, 50, kFlat, false, false, "disks"},
        {"azure", "AZ-BLOB-HOT", "Storage", "Storage", "Object Storage", "Hot block blobs, LRS", "Stored Data",
         "GB-Months", "GB-Months", 1'840'000, 1, 1'000, 60, kFlat, false, false, "storageAccounts"},
        {"azure", "AZ-SQLDB-VCORE", "Azure SQL Database", "Databases", "Relational Databases",
         "General purpose, per vCore hour", "vCore Hours", "Hours", "Hours", 25'220'000, 1, 1'000, 110, kFlat, true,
         false, "servers"},
        {"azure", "AZ-COSMOS-RU", "Azure Cosmos DB", "Databases", "NoSQL Databases", "Autoscale, 100 RU/s, per hour",
         "Request Units", "100 RU-Hours", "RU-Hours", 1'200'000, 100, 1'000, 40, kConsumer, false, false,
         "databaseAccounts"},
        {"azure", "AZ-AKS-UPTIME", "Azure Kubernetes Service", "Compute", "Containers", "Standard tier, per hour",
         "Cluster Hours", "Hours", "Hours", 10'000'000, 1, 1'000, 10, kFlat, false, false, "managedClusters"},
        {"azure", "AZ-FUNC-GBS", "Azure Functions", "Compute", "Serverless Compute", "Execution time", "Execution Time",
         "GB-Seconds", "GB-Seconds", 1'600, 1, 1'000'000, 14, kOffice, false, false, "sites"},
        {"azure", "AZ-BW-OUT", "Bandwidth", "Networking", "Network Connectivity", "Internet egress", "Outbound Data",
         "GB", "GB", 8'000'000, 1, 1'000, 25, kConsumer, false, false, "publicIPAddresses"},
        {"azure", "AZ-MON-LOGS", "Azure Monitor", "Management and Governance", "Observability",
         "Log Analytics ingestion", "Ingested Logs", "GB", "GB", 230'000'000, 1, 1'000, 40, kOffice, true, false,
         "workspaces"},
        {"azure", "AZ-ADF-DIU", "Azure Data Factory", "Analytics", "Data Processing", "Data movement, per DIU hour",
         "DIU Hours", "Hours", "Hours", 25'000'000, 1, 1'000, 30, kMonthEnd, false, false, "factories"},
        {"azure", "AZ-PBI-A2", "Power BI Embedded", "Analytics", "Business Intelligence", "A2 node, per hour",
         "Node Hours", "Hours", "Hours", 201'560'000, 1, 1'000, 25, kOffice, false, false, "capacities"},
        {"azure", "AZ-APP-P1V3", "Azure App Service", "Web", "Application Platforms", "Premium v3 P1, per hour",
         "Instance Hours", "Hours", "Hours", 22'500'000, 1, 1'000, 35, kOffice, false, false, "serverfarms"},
        {"azure", "AZ-KV-OPS", "Key Vault", "Security", "Secret Management", "Operations", "Operations",
         "10000 Operations", "Operations", 3'000'000, 10'000, 100, 3, kFlat, false, false, "vaults"},
        {"azure", "AZ-DEF-SRV", "Microsoft Defender for Cloud", "Security", "Security Posture Management",
         "Servers plan 2, per node hour", "Node Hours", "Hours", "Hours", 2'000'000, 1, 1'000, 14, kFlat, false, false,
         "pricings"},
    };
}

std::vector<Sku> gcp_skus() {
    return {
        {"gcp", "GCP-CE-N2-CPU", "Compute Engine", "Compute", "Virtual Machines", "N2 instance core, Netherlands",
         "Core Hours", "Hours", "Hours", 3'480'300, 1, 1'000, 190, kConsumer, true, false, "instances"},
        {"gcp", "GCP-CE-N2-RAM", "Compute Engine", "Compute", "Virtual Machines", "N2 instance memory, Netherlands",
         "Memory", "GB-Hours", "GB-Hours", 466'500, 1, 1'000, 80, kConsumer, true, false, "instances"},
        {"gcp", "GCP-CE-A100", "Compute Engine", "Compute", "Virtual Machines", "Nvidia A100 GPU, Netherlands",
         "GPU Hours", "Hours", "Hours", 293'390'000, 1, 1'000, 60, kOffice, true, false, "instances"},
        {"gcp", "GCP-GCS-STD", "Cloud Storage", "Storage", "Object Storage", "Standard storage, Netherlands",
         "Stored Data", "GB-Months", "GB-Months", 2'000'000, 1, 1'000, 80, kFlat, false, false, "buckets"},
        {"gcp", "GCP-BQ-SLOT", "BigQuery", "Analytics", "Analytics Platforms", "Enterprise edition, per slot hour",
         "Slot Hours", "Hours", "Hours", 6'600'000, 1, 1'000, 130, kMonthEnd, true, false, "reservations"},
        {"gcp", "GCP-SQL-CPU", "Cloud SQL", "Databases", "Relational Databases", "PostgreSQL, per vCPU hour",
         "vCPU Hours", "Hours", "Hours", 4'540'000, 1, 1'000, 60, kFlat, false, false, "instances"},
        {"gcp", "GCP-SPANNER", "Cloud Spanner", "Databases", "Relational Databases", "Regional node, per hour",
         "Node Hours", "Hours", "Hours", 99'000'000, 1, 1'000, 40, kFlat, false, false, "instances"},
        {"gcp", "GCP-GKE-CLUSTER", "Google Kubernetes Engine", "Compute", "Containers", "Cluster, per hour",
         "Cluster Hours", "Hours", "Hours", 10'000'000, 1, 1'000, 10, kFlat, false, false, "clusters"},
        {"gcp", "GCP-RUN-CPU", "Cloud Run", "Compute", "Serverless Compute", "CPU allocation time", "CPU Time",
         "CPU-Seconds", "CPU-Seconds", 2'400, 1, 1'000'000, 20, kConsumer, false, false, "services"},
        {"gcp", "GCP-VERTEX-TRAIN", "Vertex AI", "AI and Machine Learning", "Machine Learning",
         "Custom training, per node hour", "Training Hours", "Hours", "Hours", 58'100'000, 1, 1'000, 70, kOffice, false,
         false, "customJobs"},
        {"gcp", "GCP-LOG-INGEST", "Cloud Logging", "Management and Governance", "Observability", "Log storage volume",
         "Ingested Logs", "GB", "GB", 50'000'000, 1, 1'000, 30, kConsumer, true, false, "buckets"},
        {"gcp", "GCP-NET-OUT", "Networking", "Networking", "Network Connectivity", "Internet egress, premium tier",
         "Outbound Data", "GB", "GB", 8'500'000, 1, 1'000, 35, kConsumer, false, false, "forwardingRules"},
        {"gcp", "GCP-PUBSUB", "Cloud Pub/Sub", "Integration", "Messaging", "Message delivery, basic", "Delivered Data",
         "TB", "TB", 4'000'000'000, 1, 10, 18, kConsumer, false, false, "topics"},
        {"gcp", "GCP-DATAFLOW", "Cloud Dataflow", "Analytics", "Streaming Analytics", "Streaming, per vCPU hour",
         "vCPU Hours", "Hours", "Hours", 6'900'000, 1, 1'000, 40, kMonthEnd, false, false, "jobs"},
        {"gcp", "GCP-REDIS", "Memorystore", "Databases", "Caching", "Redis standard tier, per GB hour", "Capacity",
         "GB-Hours", "GB-Hours", 3'500'000, 1, 1'000, 15, kFlat, false, false, "instances"},
    };
}

std::vector<Sku> other_skus() {
    return {
        {"saas", "BL-HOST", "Brightlog Infrastructure", "Management and Governance", "Observability",
         "Monitored host, per hour", "Host Hours", "Host-Hours", "Host-Hours", 2'500'000, 1, 1'000, 40, kFlat, false,
         false, "host-group"},
        {"saas", "BL-LOG", "Brightlog Logs", "Management and Governance", "Observability", "Ingested logs",
         "Ingested Logs", "GB", "GB", 110'000'000, 1, 1'000, 35, kConsumer, false, false, "index"},
        {"saas", "BL-SPAN", "Brightlog Traces", "Management and Governance", "Observability", "Indexed spans",
         "Indexed Spans", "1000000 Spans", "Spans", 160'000'000, 1'000'000, 1, 25, kConsumer, false, false, "index"},
        {"saas", "BL-TEST", "Brightlog Synthetics", "Developer Tools", "Quality Assurance", "Browser tests",
         "Test Runs", "1000 Tests", "Tests", 1'200'000'000, 1'000, 1'000, 10, kFlat, false, false, "suite"},
        {"ai", "TSR-L-IN", "Tessera Large", "AI and Machine Learning", "Generative AI", "Large model, input tokens",
         "Input Tokens", "1000000 Tokens", "Tokens", 300'000'000, 1'000'000, 1, 60, kOffice, true, false, "workspace"},
        {"ai", "TSR-L-CACHE", "Tessera Large", "AI and Machine Learning", "Generative AI",
         "Large model, cached input tokens", "Cached Input Tokens", "1000000 Tokens", "Tokens", 30'000'000, 1'000'000,
         1, 14, kOffice, true, false, "workspace"},
        {"ai", "TSR-L-OUT", "Tessera Large", "AI and Machine Learning", "Generative AI", "Large model, output tokens",
         "Output Tokens", "1000000 Tokens", "Tokens", 1'500'000'000, 1'000'000, 1, 90, kOffice, true, false,
         "workspace"},
        {"ai", "TSR-S-IN", "Tessera Small", "AI and Machine Learning", "Generative AI", "Small model, input tokens",
         "Input Tokens", "1000000 Tokens", "Tokens", 80'000'000, 1'000'000, 1, 20, kConsumer, true, false, "workspace"},
        {"ai", "TSR-S-CACHE", "Tessera Small", "AI and Machine Learning", "Generative AI",
         "Small model, cached input tokens", "Cached Input Tokens", "1000000 Tokens", "Tokens", 8'000'000, 1'000'000, 1,
         5, kConsumer, true, false, "workspace"},
        {"ai", "TSR-S-OUT", "Tessera Small", "AI and Machine Learning", "Generative AI", "Small model, output tokens",
         "Output Tokens", "1000000 Tokens", "Tokens", 400'000'000, 1'000'000, 1, 28, kConsumer, true, false,
         "workspace"},
        {"ai", "TSR-EMBED", "Tessera Embeddings", "AI and Machine Learning", "Natural Language Processing",
         "Embeddings, input tokens", "Input Tokens", "1000000 Tokens", "Tokens", 10'000'000, 1'000'000, 1, 6, kMonthEnd,
         false, false, "workspace"},
        {"datacenter", "DC-VCPU", "Virtual machine cluster", "Compute", "Virtual Machines", "Virtual core, per hour",
         "Core Hours", "Hours", "Hours", 1'850'000, 1, 1'000, 60, kFlat, false, false, "cluster"},
        {"datacenter", "DC-POWER", "Power and cooling", "Other", "Other (Other)", "Electricity with cooling", "Energy",
         "kWh", "kWh", 21'400'000, 1, 1'000, 40, kFlat, false, false, "rack"},
        {"datacenter", "DC-SAN", "Storage array", "Storage", "Block Storage", "Flash array, per TB and day", "Capacity",
         "TB-Days", "TB-Days", 145'000'000, 1, 1'000, 30, kFlat, false, false, "array"},
        {"datacenter", "DC-PORT", "Data centre network", "Networking", "Network Infrastructure", "25G port, per day",
         "Ports", "Port-Days", "Port-Days", 62'000'000, 1, 1'000, 15, kFlat, false, false, "switch"},
        {"datacenter", "DC-TAPE", "Tape library", "Storage", "Backup Storage", "Tape, per TB and day", "Capacity",
         "TB-Days", "TB-Days", 9'000'000, 1, 1'000, 10, kMonthEnd, false, false, "library"},
    };
}

} // namespace

std::vector<Sku> price_list() {
    std::vector<Sku> all = aws_skus();
    for (const auto& more : {azure_skus(), gcp_skus(), other_skus()}) {
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

} // namespace florin::demo
