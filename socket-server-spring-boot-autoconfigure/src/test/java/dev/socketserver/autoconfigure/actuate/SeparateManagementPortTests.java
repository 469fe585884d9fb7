package dev.socketserver.autoconfigure.actuate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoints on a port of their own, after the chain that the documentation shows.
 */
@SpringBootTest(classes = { ActuatorApplication.class, SeparateManagementPortTests.Security.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.autoconfigure.exclude=", "server.address=127.0.0.1", "management.server.port=0",
				"management.server.address=127.0.0.1",
				"management.endpoints.web.exposure.include=health,socketservers,socketsessions,socketclients" })
class SeparateManagementPortTests {

	@Value("${local.management.port}")
	private int management;

	@Value("${local.server.port}")
	private int application;

	@ParameterizedTest
	@CsvSource({ "GET, health, , 200", "GET, socketservers, , 401", "GET, socketservers, visitor, 403",
			"GET, socketservers, operator, 200", "POST, socketservers/none, , 401",
			"POST, socketservers/none, visitor, 403", "POST, socketservers/none, operator, 404",
			"DELETE, socketsessions/none-1, visitor, 403", "DELETE, socketsessions/none-1, operator, 404" })
	void healthIsForEverybodyAndTheRestForOperators(String method, String path, String user, int status) {
		assertThat(status(this.management, method, path, user)).isEqualTo(status);
	}

	@Test
	void applicationHasNoEndpoints() {
		assertThat(status(this.application, "GET", "socketservers", "operator")).isEqualTo(404);
	}

	private static int status(int port, String method, String path, String user) {
		RestTestClient client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + port).build();
		var request = client.method(HttpMethod.valueOf(method)).uri("/actuator/" + path);
		if (user != null) {
			request.headers((headers) -> headers.setBasicAuth(user, user));
		}
		if (method.equals("POST")) {
			request.contentType(MediaType.APPLICATION_JSON).body("{\"action\":\"pause\"}");
		}
		return request.exchange().returnResult().getStatus().value();
	}

	@TestConfiguration(proxyBeanMethods = false)
	@Import(Users.PlainPasswords.class)
	static class Security {

		@Bean
		SecurityFilterChain management(HttpSecurity http) throws Exception {
			return http.securityMatcher(EndpointRequest.toAnyEndpoint())
				.authorizeHttpRequests((requests) -> requests.requestMatchers(EndpointRequest.to("health"))
					.permitAll()
					.anyRequest()
					.hasRole("OPERATOR"))
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(EndpointRequest.to("socketservers", "socketsessions",
						"socketclients", "socketsettings", "sockettaps", "socketbans", "socketmailbox")))
				.build();
		}

		@Bean
		UserDetailsService users() {
			return Users.of(Users.user("visitor"), Users.user("operator"));
		}

	}

}
