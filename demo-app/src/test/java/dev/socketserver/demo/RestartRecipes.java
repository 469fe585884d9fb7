package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.io.ByteArrayResource;

/**
 * The recipes of {@code docs/rolling-restarts.md}, so that tests run what is written
 * there.
 */
final class RestartRecipes {

	private static final String PAGE = "docs/rolling-restarts.md";

	private static final String CONTAINER = "spec.template.spec.containers[0].";

	private final String page = Documentation.text(PAGE);

	private final Properties application = yaml("application.yml");

	private final Properties behindHaproxy = yaml("haproxy.yml");

	private final Properties deployment = yaml("deployment.yml");

	/** The properties of the application, as arguments. */
	List<String> properties() {
		return arguments(this.application);
	}

	/**
	 * The properties of the application behind HAProxy, as arguments. HAProxy is on this
	 * machine.
	 * @param instead values in place of those of the recipe, or besides
	 */
	List<String> propertiesBehindHaproxy(Map<String, String> instead) {
		Properties properties = new Properties();
		properties.putAll(this.application);
		properties.putAll(this.behindHaproxy);
		properties.putAll(instead);
		List<String> arguments = arguments(properties);
		arguments.replaceAll((argument) -> argument.replace("10.0.0.100", "127.0.0.1"));
		return arguments;
	}

	private static List<String> arguments(Properties properties) {
		List<String> arguments = new ArrayList<>();
		properties.forEach((key, value) -> arguments.add("--" + key + "=" + value));
		return arguments;
	}

	/** A duration of the application. */
	Duration property(String key) {
		String value = this.application.getProperty(key);
		return DurationStyle
			.detectAndParse(Objects.requireNonNullElseGet(value, () -> this.behindHaproxy.get(key).toString()));
	}

	/** A number of the pod, which is in seconds there. */
	Duration pod(String key) {
		return Duration.ofSeconds(number("spec.template.spec." + key));
	}

	/** A number of the container, which is in seconds there. */
	Duration container(String key) {
		return Duration.ofSeconds(number(CONTAINER + key));
	}

	long failureThreshold() {
		return number(CONTAINER + "readinessProbe.failureThreshold");
	}

	String readinessPath() {
		return this.deployment.get(CONTAINER + "readinessProbe.httpGet.path").toString();
	}

	private long number(String key) {
		return Long.parseLong(this.deployment.get(key).toString());
	}

	Duration stopTimeout() {
		return Duration.ofSeconds(Long.parseLong(find("TimeoutStopSec=(\\d+)")));
	}

	/** How often HAProxy looks, and how often it finds a node down until it is. */
	Duration proxyNotices() {
		return DurationStyle.detectAndParse(find("inter (\\S+) fall"))
			.multipliedBy(Long.parseLong(find("fall (\\d+)")));
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
	 * @param nodes the nodes
	 */
	String proxy(int front, List<RecipeNode> nodes) {
		String recipe = "listen orders\n" + between("listen orders\n", "```");
		recipe = recipe.replace("bind :7000", "bind 127.0.0.1:" + front);
		for (int number = 0; number < nodes.size(); number++) {
			RecipeNode node = nodes.get(number);
			recipe = recipe.replace("10.0.0." + (number + 1) + ":7000 check port 8080",
					"127.0.0.1:" + node.port() + " check port " + node.webPort());
		}
		return recipe.replaceAll("(?m)^.* 10\\.0\\.0\\..*\n", "");
	}

	/** What the page has from a file. */
	private Properties yaml(String file) {
		YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
		yaml.setResources(new ByteArrayResource(
				between("<!-- source: demo-app/src/test/resources/recipes/" + file + " -->\n```yaml\n", "```")
					.getBytes(StandardCharsets.UTF_8)));
		return Objects.requireNonNull(yaml.getObject());
	}

	private String between(String begin, String end) {
		int from = this.page.indexOf(begin);
		if (from < 0) {
			throw new IllegalStateException(PAGE + " has no " + begin);
		}
		from += begin.length();
		return this.page.substring(from, this.page.indexOf(end, from));
	}

	private String find(String pattern) {
		Matcher found = Pattern.compile(pattern).matcher(this.page);
		if (!found.find()) {
			throw new IllegalStateException(PAGE + " has no " + pattern);
		}
		return found.group(1);
	}

}
