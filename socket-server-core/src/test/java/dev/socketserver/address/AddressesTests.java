package dev.socketserver.address;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Addresses}.
 */
class AddressesTests {

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 127.0.0.1:80", "0.0.0.0, 0.0.0.0:80", "::1, [::1]:80", "::, [::]:80",
			"2001:db8::1, [2001:db8::1]:80", "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:80",
			"2001:db8:0:1:0:0:0:1, [2001:db8:0:1::1]:80", "1:2:3:4:5:6:0:0, [1:2:3:4:5:6::]:80",
			"1:0:3:4:5:6:7:8, [1:0:3:4:5:6:7:8]:80", "10:0:0:20:100:0:0:30, [10::20:100:0:0:30]:80" })
	void writesAddressesInTheirShortForm(String host, String expected) throws Exception {
		assertThat(Addresses.format(new InetSocketAddress(InetAddress.getByName(host), 80))).isEqualTo(expected);
	}

	@Test
	void keepsTheHostOfAnUnresolvedAddress() {
		assertThat(Addresses.format(InetSocketAddress.createUnresolved("example.org", 80))).isEqualTo("example.org:80");
	}

}
