package dev.socketserver.benchmarks.density;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.socketserver.benchmarks.density.Curve.Point;

/**
 * Writes curves as tables in Markdown, and draws them on logarithmic scales as a picture
 * in SVG, where a proportion is a line at 45 degrees.
 */
final class CurveReport {

	private static final int PANEL = 300;

	private static final int MARGIN = 40;

	private static final String[] COLORS = { "#2e7d32", "#1565c0", "#c62828", "#6a1b9a", "#ef6c00", "#00838f",
			"#5d4037", "#455a64" };

	private final StringBuilder tables = new StringBuilder();

	private final List<String> panels = new ArrayList<>();

	CurveReport() {
		add("# How it grows%n%nJava %s, %d cores. The exponent is that of the nearest power: 1 is a proportion.%n",
				Runtime.version(), Runtime.getRuntime().availableProcessors());
	}

	/**
	 * Adds curves of the same number.
	 * @param number what is counted on the horizontal axis
	 * @param curves the curves
	 */
	void add(String number, List<Curve> curves) {
		add("%n| %s |", number);
		curves.get(0).points().forEach((point) -> add(" %,.0f |", point.x()));
		add(" exponent |%n| --- |%s%n", " ---: |".repeat(curves.get(0).points().size() + 1));
		for (Curve curve : curves) {
			add("| %s |", curve.what());
			curve.points().forEach((point) -> add(" " + curve.format() + " |", point.y()));
			add(" %.2f |%n", curve.exponent());
		}
		this.panels.add(panel(number, curves));
	}

	private void add(String format, Object... values) {
		this.tables.append(String.format(Locale.ROOT, format, values));
	}

	/** Each curve begins at the same place: only how it grows is drawn. */
	private static String panel(String number, List<Curve> curves) {
		StringBuilder panel = new StringBuilder();
		List<Point> places = curves.get(0).points();
		double least = Math.log(places.get(0).x());
		double decades = Math.log(places.get(places.size() - 1).x()) - least;
		panel.append(text(0, -12, "#222222", number + ", both axes logarithmic"));
		panel.append(line("#bdbdbd", 0, PANEL, PANEL, 0));
		for (int i = 0; i < curves.size(); i++) {
			String color = COLORS[i % COLORS.length];
			List<Point> points = curves.get(i).points();
			for (int to = 1; to < points.size(); to++) {
				panel.append(line(color, x(points.get(to - 1), least, decades), y(points, to - 1, decades),
						x(points.get(to), least, decades), y(points, to, decades)));
			}
			panel.append(text(PANEL + 10, 20 + i * 18, color,
					String.format(Locale.ROOT, "%s: %.2f", curves.get(i).what(), curves.get(i).exponent())));
		}
		return panel.toString();
	}

	private static double x(Point point, double least, double decades) {
		return (Math.log(point.x()) - least) / decades * PANEL;
	}

	private static double y(List<Point> points, int index, double decades) {
		double first = Math.max(points.get(0).y(), Double.MIN_NORMAL);
		double grown = Math.log(Math.max(points.get(index).y(), Double.MIN_NORMAL) / first) / decades;
		return PANEL - Math.min(Math.max(grown, 0), 1.2) * PANEL;
	}

	private static String line(String color, double x, double y, double toX, double toY) {
		return String.format(Locale.ROOT, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\" fill=\"none\"/>%n", x, y, toX,
				toY, color);
	}

	private static String text(double x, double y, String color, String text) {
		return String.format(Locale.ROOT, "<text x=\"%.0f\" y=\"%.0f\" fill=\"%s\">%s</text>%n", x, y, color,
				text.replace("&", "&amp;").replace("<", "&lt;"));
	}

	String toSvg() {
		StringBuilder svg = new StringBuilder();
		int height = PANEL + 2 * MARGIN;
		svg.append(String.format(Locale.ROOT,
				"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d %2$d\""
						+ " font-family=\"sans-serif\" font-size=\"12\">%n<rect width=\"%1$d\" height=\"%2$d\""
						+ " fill=\"#ffffff\"/>%n",
				2 * PANEL + 100, height * this.panels.size()));
		for (int i = 0; i < this.panels.size(); i++) {
			svg.append(String.format(Locale.ROOT, "<g transform=\"translate(%d %d)\">%n%s</g>%n", MARGIN,
					MARGIN + i * height, this.panels.get(i)));
		}
		return svg.append("</svg>\n").toString();
	}

	@Override
	public String toString() {
		return this.tables.toString();
	}

}
