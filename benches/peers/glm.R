# R: 1,000 replicate fits of one model on a table of 252 cells, as `glm` and as bare `glm.fit`.
# Usage: Rscript glm.R TABLE [REPLICATES]
args <- commandArgs(trailingOnly = TRUE)
replicates <- if (length(args) > 1) as.integer(args[2]) else 1000L
table <- read.csv(args[1], stringsAsFactors = FALSE)
for (name in c("sex", "age", "origin", "g4"))
  table[[name]] <- factor(table[[name]], levels = unique(table[[name]]))
table <- table[table$L1 + table$L2 + table$L3 > 0, ]
model <- count ~ (L1 + L2 + L3) * (sex + age + origin + g4) + L1:L2 + L1:L3 +
  sex:age + age:origin + age:g4 + origin:g4
parent <- glm(model, family = poisson, data = table)
x <- model.matrix(parent)
stopifnot(nrow(x) == 252, ncol(x) == 40, parent$rank == 40)
# The unseen part, summed over strata: the intercept row of every stratum.
unseen <- table[!duplicated(table[c("sex", "age", "origin", "g4")]), ]
unseen[c("L1", "L2", "L3")] <- 0
hidden <- sum(predict(parent, unseen, type = "response"))
cat(sprintf("peer,what,seconds\n"), file = stdout())
set.seed(1)
draws <- matrix(rpois(252 * replicates, fitted(parent)), 252)
time <- function(what, run, of = 1) {
  took <- min(replicate(3, sum(system.time(run())[c("user.self", "sys.self")]))) / of
  cat(sprintf("R %s.%s,%s,%.4f\n", R.version$major, R.version$minor, what, took))
}
time("one glm", function() for (i in 1:20) glm(model, family = poisson, data = table), 20)
time(paste(replicates, "glm"), function() for (i in seq_len(replicates)) {
  table$count <- draws[, i]
  glm(model, family = poisson, data = table)
})
time(paste(replicates, "glm.fit"), function() for (i in seq_len(replicates))
  glm.fit(x, draws[, i], family = poisson(), start = coef(parent)))
cat(sprintf("N = %.6f\n", sum(parent$y) + hidden), file = stderr())
