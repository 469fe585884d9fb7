package dev.socketserver.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.boot.convert.DurationStyle;

/**
 * The recipes of {@code docs/rolling-restarts.md}, so that tests run what is written
 * there.
 */
final class RestartRecipes {

	private static final String PAGE = "docs/rolling-restarts.md";

	private final String page = Documentation.text(PAGE);

	/** The properties of the application, as arguments. */
	List<String> properties() {
		String recipe = between("# application.yml\n", "\n\n");
		List<String> arguments = new ArrayList<>();
		for (String line : recipe.split("\n")) {
			arguments.add("--" + line.replaceFirst(": ", "="));
		}
		return arguments;
	}

	Duration property(String name) {
		return duration(name + ": (\\S+)");
	}

	/** A number of the pod, which is in seconds there. */
	Duration pod(String name) {
		return Duration.ofSeconds(Long.parseLong(find(name + ": (\\d+)")));
	}

	long failureThreshold() {
		return Long.parseLong(find("failureThreshold: (\\d+)"));
	}

	String readinessPath() {
		return find("httpGet: \\{ path: (\\S+),");
	}

	Duration stopTimeout() {
		return Duration.ofSeconds(Long.parseLong(find("TimeoutStopSec=(\\d+)")));
	}

	/** How often HAProxy looks, and how often it finds a node down until it is. */
	Duration proxyNotices() {
		return duration("inter (\\S+) fall").multipliedBy(Long.parseLong(find("fall (\\d+)")));
	}

	/**
	 * Returns the unit of systemd.
	 * @param command what it runs in place of the recipe's
	 */
	String unit(String command) {
		return ("[Service]\n" + between("[Service]\n", "```")).replaceFirst("(?m)^ExecStart=.*$",
				Matcher.quoteReplacement("ExecStart=" + command));
	}

	/**
	 * Returns the configuration of HAProxy.
	 * @param front the port that it listens on
	 * @param ports the ports of the nodes
	 * @param webPorts those of their readiness
	 */
	String proxy(int front, List<Integer> ports, List<Integer> webPorts) {
		String recipe = "listen orders\n" + between("listen orders\n", "```");
		recipe = recipe.replace("bind :7000", "bind 127.0.0.1:" + front);
		for (int node = 0; node < ports.size(); node++) {
			recipe = recipe.replace("10.0.0." + (node + 1) + ":7000 check port 8080",
					"127.0.0.1:" + ports.get(node) + " check port " + webPorts.get(node));
		}
		return "defaults\n    timeout connect 5s\n" + recipe;
	}

	private String between(String begin, String end) {
		int from = this.page.indexOf(begin) + begin.length();
		return this.page.substring(from, this.page.indexOf(end, from));
	}

	private Duration duration(String pattern) {
		return DurationStyle.detectAndParse(find(pattern));
	}

	private String find(String pattern) {
		Matcher found = Pattern.compile(pattern).matcher(this.page);
		if (!found.find()) {
			throw new IllegalStateException(PAGE + " has no " + pattern);
		}
		return found.group(1);
	}

}
