package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random sequences of changes, against a model of what is in force.
 */
class RandomChangesTests {

	private static final List<String> SERVERS = List.of("one", "two", "three");

	private static final Map<String, Verdict> KEYS = Map.of("limits.sessions", Verdict.APPLIED, "login.messages",
			Verdict.APPLIED, "limits.frame", Verdict.NEW_SESSIONS, "requests-per-session", Verdict.NEW_SESSIONS,
			"backlog", Verdict.RESTART, "execution.threads", Verdict.RESTART);

	private final ApplicationContextRunner runner = ChangingApplication.with();

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 17, 20 })
	void whatIsInForceIsWhatWasApplied(long seed) {
		Random random = new Random(seed);
		Model model = new Model(random);
		this.runner.withInitializer((context) -> Environments.set(context, model.change())).run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			SocketServers servers = context.getBean(SocketServers.class);
			model.apply(Verdict.REMOVE);
			for (int step = 0; step < 40; step++) {
				Environments.set(context, model.change());
				Verdict most = Verdict.values()[random.nextInt(Verdict.values().length - 1)];
				String where = "seed " + seed + ", step " + step + ", " + most;
				assertThat(settings.plan().changes()).as(where).hasSize(model.pending());
				int before = model.pending();

				int made = settings.apply(settings.plan(), most).applied().size();

				model.apply(most);
				assertThat(made).as(where).isEqualTo(before - model.pending());
				assertThat(settings.plan().changes()).as(where).hasSize(model.pending());
				Set<String> names = new TreeSet<>();
				servers.forEach((server) -> names.add(server.name()));
				assertThat(names).as(where).isEqualTo(model.inForce.keySet());
				for (SocketServer server : servers) {
					Map<String, String> shown = new HashMap<>();
					for (Setting setting : settings.of(server)) {
						if (setting.from() != Setting.Source.BUILT_IN) {
							shown.put(setting.key(), setting.value());
						}
					}
					shown.keySet().retainAll(KEYS.keySet());
					assertThat(shown).as(where + ", " + server.name()).isEqualTo(model.inForce.get(server.name()));
					try (TestPeer peer = TestPeer.connect(server.localAddress())) {
						assertThat(peer.ask("a")).as(where).isEqualTo("A");
					}
				}
			}
		});
	}

	/** What the environment says, and what is in force. */
	private static final class Model {

		private final Random random;

		private final Map<String, String> properties = new LinkedHashMap<>();

		private final Map<String, Map<String, String>> inForce = new TreeMap<>();

		Model(Random random) {
			this.random = random;
		}

		String[] change() {
			for (int i = 0; i <= this.random.nextInt(4); i++) {
				List<String> places = new ArrayList<>(SERVERS);
				places.add("");
				String place = places.get(this.random.nextInt(places.size()));
				String key = List.copyOf(new TreeSet<>(KEYS.keySet())).get(this.random.nextInt(KEYS.size()));
				String property = place.isEmpty() ? "socket.server-defaults." + key
						: "socket.servers." + place + "." + key;
				if (this.random.nextInt(3) == 0) {
					this.properties.remove(property);
				}
				else {
					this.properties.put(property, String.valueOf(100 + this.random.nextInt(4)));
				}
				String server = SERVERS.get(this.random.nextInt(SERVERS.size()));
				if (this.random.nextInt(4) == 0
						&& this.properties.remove("socket.servers." + server + ".port") != null) {
					this.properties.keySet().removeIf((name) -> name.startsWith("socket.servers." + server + "."));
				}
				else {
					this.properties.put("socket.servers." + server + ".port", "0");
					this.properties.put("socket.servers." + server + ".handler", "upper");
				}
			}
			this.properties.keySet()
				.removeIf((name) -> SERVERS.stream()
					.anyMatch((server) -> name.startsWith("socket.servers." + server + ".")
							&& !this.properties.containsKey("socket.servers." + server + ".port")));
			return this.properties.entrySet()
				.stream()
				.map((each) -> each.getKey() + "=" + each.getValue())
				.toArray(String[]::new);
		}

		private Map<String, Map<String, String>> wanted() {
			Map<String, Map<String, String>> wanted = new TreeMap<>();
			for (String server : SERVERS) {
				if (this.properties.containsKey("socket.servers." + server + ".port")) {
					Map<String, String> values = new HashMap<>();
					for (String key : KEYS.keySet()) {
						String value = this.properties.getOrDefault("socket.servers." + server + "." + key,
								this.properties.get("socket.server-defaults." + key));
						if (value != null) {
							values.put(key, value);
						}
					}
					wanted.put(server, values);
				}
			}
			return wanted;
		}

		int pending() {
			int pending = 0;
			Map<String, Map<String, String>> wanted = wanted();
			for (String server : SERVERS) {
				Map<String, String> one = this.inForce.get(server);
				Map<String, String> other = wanted.get(server);
				if ((one == null) != (other == null)) {
					pending++;
				}
				else if (one != null && other != null) {
					for (String key : KEYS.keySet()) {
						pending += Objects.equals(one.get(key), other.get(key)) ? 0 : 1;
					}
				}
			}
			return pending;
		}

		void apply(Verdict most) {
			Map<String, Map<String, String>> wanted = wanted();
			for (String server : SERVERS) {
				Map<String, String> one = this.inForce.get(server);
				Map<String, String> other = wanted.get(server);
				if (one == null && other != null && most.compareTo(Verdict.CREATE) >= 0) {
					this.inForce.put(server, new HashMap<>(other));
				}
				else if (one != null && other == null && most == Verdict.REMOVE) {
					this.inForce.remove(server);
				}
				else if (one != null && other != null) {
					KEYS.forEach((key, verdict) -> {
						if (verdict.compareTo(most) <= 0) {
							one.remove(key);
							if (other.containsKey(key)) {
								one.put(key, other.get(key));
							}
						}
					});
				}
			}
		}

	}

}
