package dev.socketserver.netty.connect;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.socketserver.address.Addresses;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The order in which addresses of a name are tried.
 */
class AddressRaceTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, 10.0.0.1", "10.0.0.1 10.0.0.2, 10.0.0.1 10.0.0.2",
			"10.0.0.1 10.0.0.2 ::1 ::2, 10.0.0.1 ::1 10.0.0.2 ::2", "::1 ::2 ::3 10.0.0.1, ::1 10.0.0.1 ::2 ::3",
			"10.0.0.1 ::1 ::2 ::3, 10.0.0.1 ::1 ::2 ::3",
			"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 ::1, 10.0.0.1 ::1 10.0.0.2 10.0.0.3" })
	void familiesTakeTurns(String found, String ordered) {
		List<InetAddress> addresses = Stream.of(found.split(" "))
			.map((text) -> Objects.requireNonNull(Addresses.parse(text)))
			.toList();
		assertThat(AddressRace.inTurn(addresses, 4)).extracting(Addresses::format).containsExactly(ordered.split(" "));
	}

}
