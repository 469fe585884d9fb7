package dev.socketserver.demo;

import java.util.Map;

import dev.socketserver.fixtures.Versions;
import io.netty.util.Version;
import org.junit.jupiter.api.Test;

import org.springframework.core.SpringVersion;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/security.md} claims no default that is not one, and that an
 * application has no library older than it says. {@link ConfigurationReferenceTests}
 * compares the page that this one is compared with to what the properties are.
 */
class SecurityDocumentationTests {

	@Test
	void defaultsAreThoseOfTheReference() {
		Map<String, String> reference = Documentation.table("docs/configuration.md");
		Map<String, String> claims = Documentation.table("docs/security.md", "## Defaults, and why",
				"## Before a port is open to a network");

		assertThat(claims)
			.containsKeys("ssl.bundle", "ssl.client-auth", "ssl.handshake-timeout", "proxy-protocol.mode",
					"proxy-protocol.trusted", "limits.sessions-per-address", "limits.pending", "limits.allow",
					"limits.deny")
			.allSatisfy((key, value) -> assertThat(value).as(key).isEqualTo(reference.get(key)));
	}

	@Test
	void librariesAreNewEnough() {
		assertThat(Version.identify().values()).isNotEmpty()
			.allSatisfy((netty) -> assertThat(Versions.isAtLeast(netty.artifactVersion(), 4, 2, 17)).as("%s", netty)
				.isTrue());
		assertThat(Versions.isAtLeast(SpringVersion.getVersion(), 7, 0, 9)).as(SpringVersion.getVersion()).isTrue();
	}

}
