package dev.socketserver.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * Draws what a message costs each server, as a picture in SVG: a panel for each workload,
 * with a bar for the median of the rounds and a line from the smallest value to the
 * greatest. The scale is logarithmic, since the most expensive server costs a hundred
 * times as much as the cheapest.
 */
final class Plot {

	private static final int COLUMNS = 2;

	private static final int PANEL_WIDTH = 560;

	private static final int NAME_WIDTH = 150;

	private static final int VALUE_WIDTH = 60;

	private static final int ROW_HEIGHT = 18;

	private static final int BAR_HEIGHT = 11;

	private static final int HEAD_HEIGHT = 44;

	private static final int MARGIN = 16;

	/** The width of the shortest bar, so that the cheapest server has one, too. */
	private static final double LEAST_BAR = 4;

	private final Options options;

	private final Results results;

	private final StringBuilder svg = new StringBuilder();

	Plot(Options options, Results results) {
		this.options = options;
		this.results = results;
	}

	String toSvg() {
		List<Workload> workloads = this.options.workloads();
		int panelHeight = HEAD_HEIGHT + this.options.servers().size() * ROW_HEIGHT + MARGIN;
		int columns = Math.max(1, Math.min(COLUMNS, workloads.size()));
		int rows = (workloads.size() + columns - 1) / columns;
		int width = columns * PANEL_WIDTH + MARGIN;
		int height = rows * panelHeight + MARGIN;
		add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
				+ " font-family=\"sans-serif\" font-size=\"12\">%n", width, height, width, height);
		add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n", width, height);
		for (int i = 0; i < workloads.size(); i++) {
			addPanel(workloads.get(i), MARGIN + (i % columns) * PANEL_WIDTH, MARGIN + (i / columns) * panelHeight);
		}
		add("</svg>%n");
		return this.svg.toString();
	}

	private void addPanel(Workload workload, int left, int top) {
		List<Contender> shown = this.options.servers()
			.stream()
			.filter((contender) -> this.results.has(workload, contender))
			.toList();
		double least = shown.stream().mapToDouble((contender) -> cost(workload, contender).min()).min().orElse(1);
		double most = shown.stream().mapToDouble((contender) -> cost(workload, contender).max()).max().orElse(1);
		double scale = (PANEL_WIDTH - NAME_WIDTH - VALUE_WIDTH - 2 * MARGIN - LEAST_BAR)
				/ Math.max(Math.log(most / least), 0.1);
		add("<text x=\"%d\" y=\"%d\" font-weight=\"bold\" fill=\"#222222\">%s</text>%n", left, top + 14,
				escaped(workload.toString()));
		add("<text x=\"%d\" y=\"%d\" fill=\"#666666\" font-size=\"11\">CPU per %s in ns, logarithmic</text>%n", left,
				top + 30, workload.unit());
		int y = top + HEAD_HEIGHT;
		for (Contender contender : shown) {
			Summary cost = cost(workload, contender);
			double start = left + NAME_WIDTH;
			double middle = y + BAR_HEIGHT / 2.0;
			double end = start + LEAST_BAR + scale * Math.log(cost.median() / least);
			double from = start + LEAST_BAR + scale * Math.log(cost.min() / least);
			double to = start + LEAST_BAR + scale * Math.log(cost.max() / least);
			add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"end\" fill=\"#222222\">%s</text>%n", start - 6,
					y + BAR_HEIGHT - 1, contender.id());
			add("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n", start, y, end - start,
					BAR_HEIGHT, color(contender));
			add("<path d=\"M%.1f %.1fH%.1f\" stroke=\"#222222\"/>%n", from, middle, to);
			add("<text x=\"%.1f\" y=\"%d\" fill=\"#222222\">%,.0f</text>%n", Math.max(end, to) + 5, y + BAR_HEIGHT - 1,
					cost.median());
			y += ROW_HEIGHT;
		}
	}

	private Summary cost(Workload workload, Contender contender) {
		return this.results.summary(workload, contender, Measurement::cpuPerMessage);
	}

	private static String color(Contender contender) {
		if (!contender.isJava()) {
			return "#9e9e9e";
		}
		return contender.isOurs() ? "#2e7d32" : "#90a4ae";
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;");
	}

	private void add(String format, Object... values) {
		this.svg.append(String.format(Locale.ROOT, format, values));
	}

}
