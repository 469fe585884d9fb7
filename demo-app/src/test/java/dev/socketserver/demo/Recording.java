package dev.socketserver.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of terminals, one below the other, in which what was typed and what was
 * answered appears in its order. Where nothing moves, the picture shows all of it.
 */
final class Recording {

	private static final int WIDTH = 720;

	private static final int LINE = 19;

	private static final double CHARACTER = 7.8;

	private static final String BEGIN = """
			<svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img">
			<title>%3$s</title>
			<style>
			text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d7dee7; white-space: pre }
			.title { font-weight: bold; fill: #8b98a8 }
			.prompt { fill: #7ee787 }
			.typed { fill: #ffffff }
			.cover { fill: #0d1117; transform: scaleX(0); transform-box: fill-box; transform-origin: right }
			@media (prefers-reduced-motion: no-preference) {
			text[style] { animation: appear 1ms backwards }
			.cover { animation: type backwards }
			}
			@keyframes appear { from { opacity: 0 } }
			@keyframes type { from { transform: scaleX(1) } }
			</style>
			<rect width="%1$d" height="%2$d" rx="8" fill="#0d1117"/>
			""";

	private final String title;

	private final List<Terminal> terminals = new ArrayList<>();

	private double seconds = 1;

	Recording(String title) {
		this.title = title;
	}

	Terminal terminal(String title) {
		Terminal terminal = new Terminal(title);
		this.terminals.add(terminal);
		return terminal;
	}

	String svg() {
		StringBuilder lines = new StringBuilder();
		int y = LINE / 2;
		for (Terminal terminal : this.terminals) {
			y += LINE;
			lines.append("<text class=\"title\" x=\"16\" y=\"%d\">%s</text>\n".formatted(y, terminal.title));
			for (Line line : terminal.lines) {
				y += LINE;
				lines.append(line.svg(y));
			}
			y += LINE / 2;
		}
		return BEGIN.formatted(WIDTH, y + LINE / 2, this.title) + lines + "</svg>\n";
	}

	final class Terminal {

		private final String title;

		private final List<Line> lines = new ArrayList<>();

		private Terminal(String title) {
			this.title = title;
		}

		Terminal type(String prompt, String text) {
			double duration = text.length() * 0.05;
			this.lines.add(new Line(prompt, text, Recording.this.seconds, duration));
			Recording.this.seconds += duration + 0.4;
			return this;
		}

		Terminal print(String text) {
			text.lines().forEach((line) -> this.lines.add(new Line("", line, Recording.this.seconds, 0)));
			Recording.this.seconds += 1.2;
			return this;
		}

	}

	/**
	 * A line of a terminal.
	 *
	 * @param prompt what is in front of what is typed
	 * @param text what is typed or printed
	 * @param begin when it appears, in seconds from the beginning
	 * @param duration how long it is typed, in seconds; 0 for what is printed
	 */
	private record Line(String prompt, String text, double begin, double duration) {

		String svg(int y) {
			String content = (duration() > 0) ? span("prompt", prompt()) + span("typed", text()) : escaped(text());
			String svg = "<text x=\"16\" y=\"%d\" textLength=\"%s\" style=\"animation-delay: %ss\">%s</text>\n"
				.formatted(y, decimal((prompt().length() + text().length()) * CHARACTER), decimal(begin()), content);
			return (duration() > 0) ? svg + cover(y) : svg;
		}

		/** Hides what is typed, and becomes narrower by a character at a time. */
		private String cover(int y) {
			String style = "animation-delay: %ss; animation-duration: %ss; animation-timing-function: steps(%d)"
				.formatted(decimal(begin()), decimal(duration()), text().length());
			return "<rect class=\"cover\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" style=\"%s\"/>\n".formatted(
					decimal(16 + prompt().length() * CHARACTER), y - 14, decimal(text().length() * CHARACTER + 1), LINE,
					style);
		}

		private static String span(String type, String text) {
			return text.isEmpty() ? "" : "<tspan class=\"%s\">%s</tspan>".formatted(type, escaped(text));
		}

		private static String escaped(String text) {
			return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
		}

		private static String decimal(double value) {
			return String.format(Locale.ROOT, "%.2f", value);
		}

	}

}
