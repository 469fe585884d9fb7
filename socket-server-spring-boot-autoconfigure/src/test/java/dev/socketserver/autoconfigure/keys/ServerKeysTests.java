package dev.socketserver.autoconfigure.keys;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.fixtures.EdgeValues;
import org.junit.jupiter.api.Test;

import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers have the values that Boot's binder would give them.
 */
class ServerKeysTests {

	private static final String SERVER = "socket.servers.any";

	@Test
	void allKeysAreThoseOfBootsBinderInItsOrder() {
		ConfigurationPropertyName server = ConfigurationPropertyName.of(SERVER);

		assertThat(BinderKeys.of(server, ServerProperties.class, List.of(server.append("listeners")))
			.stream()
			.map((key) -> key.getElement(server.getNumberOfElements(), Form.DASHED))
			.distinct()).containsExactlyElementsOf(ServerKeys.ALL);
	}

	@Test
	void eachKeyHasTheValueThatBootsBinderGivesIt() {
		Map<String, Object> all = values();

		assertThat(all).hasSizeGreaterThan(100);
		all.forEach((key, value) -> assertBoundAlike(new MapPropertySource("one", Map.of(key, value))));
		assertBoundAlike(new MapPropertySource("all", all));
	}

	@Test
	void eachKeyHasAValueByItsName() {
		ServerProperties server = Objects
			.requireNonNull(bound(true, new MapPropertySource("all", values())).get("any"));

		assertThat(ServerKeys.ALL).allSatisfy((key) -> assertThat(server.value(key))
			.isEqualTo(PropertyAccessorFactory.forBeanPropertyAccess(server).getPropertyValue(camelCase(key))));
		assertThat(ServerKeys.ALL).allSatisfy((key) -> assertThat(server.value(key)).isNotNull());
		assertThat(server.value("nothing")).isNull();
	}

	@Test
	void variablesHaveNoDashesAndIndexesWithoutBrackets() {
		assertBoundAlike(
				new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						Map.of("SOCKET_SERVERS_ANY_READ_BUFFER", "3KB", "SOCKET_SERVERS_ANY_ONESHOT", "true",
								"SOCKET_SERVERS_ANY_ARGS_0", "a", "SOCKET_SERVERS_ANY_PROXY_PROTOCOL_MODE", "required",
								"SOCKET_SERVERS_MY_SERVER_PORT", "7", "SOCKET_SERVERS_OTHER_LIMITS_ONFULL", "wait")));
	}

	@Test
	void severalSourcesAndSpellingsAreOneServer() {
		assertBoundAlike(
				new MapPropertySource("first", Map.of("socket.servers.my-server.port", "7", SERVER + ".backlog", "8")),
				new MapPropertySource("second", Map.of("socket.servers.myServer.one-shot", "true", SERVER + ".backlog",
						"9", SERVER + ".limits.sessions", "10")));
	}

	@Test
	void aServerWithoutKnownKeysIsNone() {
		assertThat(bound(true, new MapPropertySource("none", Map.of("socket.servers.any.framing.type", "line"))))
			.isEmpty();
	}

	@Test
	void aSourceThatDoesNotSayWhatItHasIsAskedForEachKey() {
		Map<String, ServerProperties> servers = bound(true,
				new MapPropertySource("known", Map.of(SERVER + ".port", "7")), new PropertySource<>("hidden", SERVER) {

					@Override
					public Object getProperty(String name) {
						return name.equals(getSource() + ".backlog") ? "9" : null;
					}

				});

		assertThat(servers.get("any")).extracting(ServerProperties::getPort, ServerProperties::getBacklog)
			.containsExactly("7", 9);
	}

	private static void assertBoundAlike(PropertySource<?>... sources) {
		Map<String, ServerProperties> servers = bound(true, sources);

		assertThat(servers).isNotEmpty().usingRecursiveComparison().isEqualTo(bound(false, sources));
		assertThat(servers.keySet()).containsExactlyElementsOf(bound(false, sources).keySet());
	}

	/**
	 * Binds servers.
	 * @param given whether the properties are there before, as at a start: otherwise
	 * Boot's binder binds all of them
	 */
	private static Map<String, ServerProperties> bound(boolean given, PropertySource<?>... sources) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().forEach((source) -> environment.getPropertySources().remove(source.getName()));
		for (PropertySource<?> source : sources) {
			environment.getPropertySources().addLast(source);
		}
		BindHandler handler = new KeyCheck().apply(BindHandler.DEFAULT);
		if (given) {
			SocketProperties properties = new SocketProperties();
			Binder.get(environment).bind("socket", Bindable.ofInstance(properties), handler);
			return properties.getServers();
		}
		return Binder.get(environment).bind("socket", Bindable.of(SocketProperties.class), handler).get().getServers();
	}

	private static String camelCase(String key) {
		StringBuilder name = new StringBuilder();
		for (String word : key.split("-")) {
			name.append(StringUtils.capitalize(word));
		}
		return StringUtils.uncapitalize(name.toString());
	}

	/** A value of each key. */
	private static Map<String, Object> values() {
		Map<String, Object> values = new LinkedHashMap<>();
		EdgeValues.keys(SERVER + ".", ServerProperties.class, Set.of("inherited", "blocks", "absent", "listeners"))
			.forEach((key, type) -> values.put(key + element(key, type), value(type)));
		values.put(SERVER + ".listeners.tls.port", "7");
		values.put(SERVER + ".listeners.tls.ssl.bundle", "text");
		return values;
	}

	private static String element(String key, Class<?> type) {
		if (type != List.class) {
			return "";
		}
		return key.endsWith(".sni") ? "[0].host" : key.endsWith(".answer") ? "[0].to" : "[0]";
	}

	private static String value(Class<?> type) {
		if (type.isEnum()) {
			return type.getEnumConstants()[0].toString();
		}
		return switch (type.getSimpleName()) {
			case "Integer" -> "7";
			case "Boolean" -> "true";
			case "Duration" -> "5s";
			case "DataSize" -> "3KB";
			case "Percentage" -> "50%";
			case "Charset" -> "UTF-16";
			default -> "text";
		};
	}

}
