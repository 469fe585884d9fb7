package dev.socketserver.autoconfigure.actuate.settings;

import java.util.List;
import java.util.Map;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import dev.socketserver.SocketServers;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Settings over JMX.
 */
@SpringBootTest(classes = AbstractSocketSettingsTests.Application.class, webEnvironment = WebEnvironment.NONE,
		properties = { AbstractSocketSettingsTests.SERVERS, "spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=socketsettings" })
@DirtiesContext // an MBean of Spring Cloud has the same name in each application
class SocketSettingsJmxTests {

	@Autowired
	private MBeanServer mbeans;

	@Autowired
	private ConfigurableEnvironment environment;

	@Autowired
	private SocketServers servers;

	@Test
	void offersTheSameAsHttp() throws Exception {
		assertThat(map(invoke("socketSettingsOf", "servers", "upper"))).containsEntry("name", "upper")
			.containsKey("settings");
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("changed", Map.of("socket.servers.upper.limits.sessions", "12")));
		assertThat((List<?>) map(invoke("socketSettings")).get("pending")).hasSize(1);

		assertThat(map(invoke("changeSocketSettings", "apply", null))).containsEntry("version", 2L);

		assertThat(this.servers.get("upper").spec().limits().sessions()).isEqualTo(12);
		assertThat((List<?>) map(invoke("socketSettings")).get("history")).singleElement()
			.satisfies((made) -> assertThat(map(made)).containsEntry("by", "actuator"));
		assertThatThrownBy(() -> invoke("changeSocketSettings", "undo", null)).rootCause()
			.hasMessageContaining("action is 'undo'");
		assertThatThrownBy(() -> invoke("socketSettingsOf", "servers", "none")).rootCause()
			.hasMessageContaining("There is no server 'none'");
	}

	@SuppressWarnings("unchecked") // JSON
	private static Map<String, Object> map(Object answer) {
		return (Map<String, Object>) answer;
	}

	private Object invoke(String operation, Object... arguments) throws Exception {
		ObjectName name = this.mbeans
			.queryNames(new ObjectName("org.springframework.boot:type=Endpoint,name=Socketsettings,*"), null)
			.iterator()
			.next();
		String[] types = new String[arguments.length];
		java.util.Arrays.fill(types, String.class.getName());
		return this.mbeans.invoke(name, operation, arguments, types);
	}

}
