package dev.socketserver.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression of PromQL names.
 *
 * @param metrics the metrics
 * @param groups the labels by which it groups
 * @param matchers the labels that it asks for, with their values, by metric
 */
record PromQl(Set<String> metrics, Set<String> groups, Map<String, List<Label>> matchers) {

	private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";

	private static final String STRING = "\"((?:[^\"\\\\]|\\\\.)*)\"";

	private static final Pattern GROUPING = Pattern
		.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");

	private static final Pattern SELECTOR = Pattern.compile("(" + NAME + ")\\s*\\{((?:[^}\"]|" + STRING + ")*)\\}");

	private static final Pattern MATCHER = Pattern.compile("(" + NAME + ")\\s*(?:=~|!~|!=|=)\\s*" + STRING);

	/** Neither a function, which has a parenthesis after it, nor the end of a number. */
	private static final Pattern METRIC = Pattern.compile("(?<![\\w:.])" + NAME + "\\b(?!\\s*\\()");

	private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "bool");

	static PromQl of(String expression) {
		String rest = expression.replace("$__rate_interval", "5m");
		Set<String> metrics = new LinkedHashSet<>();
		Map<String, List<Label>> matchers = new LinkedHashMap<>();
		Matcher selector = SELECTOR.matcher(rest);
		while (selector.find()) {
			List<Label> labels = matchers.computeIfAbsent(selector.group(1), (metric) -> new ArrayList<>());
			Matcher matcher = MATCHER.matcher(selector.group(2));
			while (matcher.find()) {
				labels.add(new Label(matcher.group(1), List.of(matcher.group(2).split("\\|"))));
			}
		}
		rest = SELECTOR.matcher(rest).replaceAll("$1");
		Set<String> groups = new LinkedHashSet<>();
		Matcher grouping = GROUPING.matcher(rest);
		while (grouping.find()) {
			groups.addAll(List.of(grouping.group(1).strip().split("\\s*,\\s*")));
		}
		rest = GROUPING.matcher(rest).replaceAll(" ");
		Matcher metric = METRIC.matcher(rest.replaceAll("\\[[^]]*]", " "));
		while (metric.find()) {
			if (!WORDS.contains(metric.group())) {
				metrics.add(metric.group());
			}
		}
		return new PromQl(metrics, groups, matchers);
	}

	/**
	 * A label that is asked for.
	 *
	 * @param name its name
	 * @param values the values it may have
	 */
	record Label(String name, List<String> values) {

	}

}
