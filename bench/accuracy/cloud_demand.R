# The cloud demand panel by R's forecast package: WAPE by level, pooled over the four origins.
# Rscript cloud_demand.R DATA_FOLDER. A reading of the panel of its own: its snaive must equal Florin's seasonal-naive.
suppressMessages({library(forecast); library(parallel)})
folder <- commandArgs(trailingOnly = TRUE)[1]
rows <- read.csv(gzfile(file.path(folder, "cloud-demand", "hourly_demand_2021-02_2023-04.csv.gz")))
rows$day <- as.Date(substr(rows$USAGE_HOUR, 1, 10))
daily <- aggregate(NORM_USAGE ~ REGION_NUM + INSTANCE_TYPE + day, rows, sum)
days <- seq(min(daily$day), max(daily$day), by = 1)
key <- paste(daily$REGION_NUM, daily$INSTANCE_TYPE)
table <- sapply(unique(key), function(k) {
  values <- numeric(length(days))
  mine <- daily[key == k, ]
  values[match(mine$day, days)] <- mine$NORM_USAGE
  values
})
horizon <- 90
panel <- list()
for (origin in as.list(as.Date(c("2022-05-01", "2022-08-01", "2022-11-01", "2023-01-31")))) {
  at <- match(origin, days)
  region <- sub(" .*", "", colnames(table))
  # A series has history from its first day above zero, and is live if the last 28 days hold anything.
  first <- apply(table, 2, function(v) which(v > 0)[1])
  own <- at - first >= 180 & colSums(table[(at - 28):(at - 1), ]) > 0
  add <- function(level, v, from) panel[[length(panel) + 1]] <<- list(level = level,
    training = v[from:(at - 1)], test = v[at:(at + horizon - 1)])
  start <- function(v) which(v > 0)[1]
  for (k in which(own)) add("SERIES", table[, k], first[k])
  for (r in unique(region)) {
    rest <- rowSums(table[, region == r & !own, drop = FALSE])
    if (any(rest[1:(at - 1)] > 0)) add("SERIES", rest, start(rest))
    whole <- rowSums(table[, region == r, drop = FALSE])
    if (any(whole[1:(at - 1)] > 0)) add("REGION", whole, start(whole))
  }
  whole <- rowSums(table)
  add("TOTAL", whole, start(whole))
}
methods <- list(
  snaive = function(y) snaive(y, horizon)$mean,
  ets = function(y) forecast(ets(y), horizon)$mean,
  thetaf = function(y) thetaf(y, horizon)$mean,
  auto.arima = function(y) forecast(auto.arima(y), horizon)$mean,
  stlf = function(y) stlf(y, horizon, robust = TRUE)$mean)
one <- function(s) {
  y <- ts(s$training, frequency = 7)
  means <- sapply(methods, function(m) pmax(0, tryCatch(as.numeric(m(y)), error = function(e) as.numeric(naive(y, horizon)$mean))))
  means <- cbind(means, median = apply(means[, c("ets", "thetaf", "auto.arima", "stlf")], 1, median))
  c(colSums(abs(means - s$test)), actual = sum(abs(s$test)))
}
level <- sapply(panel, function(s) s$level)
for (l in c("TOTAL", "REGION", "SERIES")) {
  sums <- colSums(do.call(rbind, mclapply(panel[level == l], one, mc.cores = 2, mc.preschedule = FALSE)))
  cat(l, sum(level == l), sprintf("%s %.3f", names(sums)[1:6], 100 * sums[1:6] / sums["actual"]), "\n")
}
cat(R.version.string, "forecast", format(packageVersion("forecast")), "\n")
