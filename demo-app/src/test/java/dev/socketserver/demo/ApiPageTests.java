package dev.socketserver.demo;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Qualifier;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/api.md} has all methods, and no other. */
class ApiPageTests {

	private static final Pattern METHOD = Pattern.compile("`(\\w+\\([\\w, ]*\\))`");

	@ParameterizedTest
	@ValueSource(classes = { SocketServers.class, SocketServer.class, SocketSession.class, SocketClients.class,
			SocketClient.class })
	void methodsAreThoseOfTheType(Class<?> type) {
		String page = Documentation.text("docs/api.md");
		String section = page.substring(page.indexOf("\n## " + type.getSimpleName() + "\n") + 4);
		int end = section.indexOf("\n## ");
		Set<String> listed = METHOD.matcher((end < 0) ? section : section.substring(0, end))
			.results()
			.map((MatchResult found) -> found.group(1))
			.collect(Collectors.toCollection(TreeSet::new));

		assertThat(listed).isEqualTo(Arrays.stream(type.getDeclaredMethods())
			.filter((method) -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
			.map(ApiPageTests::text)
			.collect(Collectors.toCollection(TreeSet::new)));
	}

	private static String text(Method method) {
		return Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", ", method.getName() + "(", ")"));
	}

	/** The example of the page. */
	static final class Console {

		final SocketServer server;

		final SocketClient plant;

		Console(@Qualifier("upper") SocketServer server, SocketClient plant) {
			this.server = server;
			this.plant = plant;
		}

	}

}
