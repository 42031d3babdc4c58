// The building blocks of the page: amounts, table frames, trend figures. For the pages of this module only.
#pragma once

#include "report/figures.hpp"
#include "report/svg_chart.hpp"

#include <optional>
#include <string>
#include <vector>

namespace florin::report {

/// The document up to its body; `title` is HTML.
std::string document_head(const std::string& title);

/// The rounded amount with the exact one in `title` and `data-exact`.
std::string amount_html(const Amount& amount, money::Currency currency, bool is_signed = false);
/// `▲ +3.2 %  +1,234.00` in the colour of the direction; for running text.
std::string change_html(const Amount& amount, const Amount& previous, money::Currency currency);
/// The same on two lines, for a table.
std::string change_cell(const Amount& amount, const Amount& previous, money::Currency currency);
/// A rate in percent, exact in `title`.
std::string ratio_html(const std::optional<money::Rate>& rate);
std::string tag_share_html(const TagCoverage& tag);

/// A list of marks; empty without marks. `currency` is that of the marks' amounts.
std::string marks_html(const std::vector<Mark>& marks, std::optional<money::Currency> currency);

/// A right-aligned table cell; `label` names it where the table is stacked on a narrow screen.
std::string cell(const std::string& content, const std::string& label = {});
/// `<table>` up to the opened `<tbody>`; the first heading is of the row headers, the rest are of
/// figures. All arguments but `css_class` are HTML.
std::string table_start(const std::string& title, const std::string& subtitle, const std::vector<std::string>& headings,
                        const std::string& css_class);

/// A column of amounts and its total, for the foot of a table.
struct Column {
    std::vector<Amount> rows;
    Amount total;
    std::string total_html; ///< empty: the total as an amount
    std::string label;
    bool is_signed = false;
};
/// `<tfoot>` with a line for what is missing and one for rounding, where there is any, and the total.
std::string table_foot(const std::vector<Column>& columns, money::Currency currency);

std::string daily_figure(const Summary& summary, const CurrencyBlock& block);
std::string monthly_figure(const Summary& summary, const CurrencyBlock& block);
/// The part about commitments; empty where there are none.
std::string commitments_section(const Summary& summary, const CurrencyBlock& block);
std::string freshness_section(const Summary& summary);

} // namespace florin::report
