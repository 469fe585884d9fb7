package dev.socketserver.actuate;

import java.net.InetAddress;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AddressRange}.
 */
class AddressRangeTests {

	@ParameterizedTest
	@CsvSource({ "192.0.2.7, 192.0.2.7", "192.0.2.0/24, 192.0.2.255", "192.0.2.77/24, 192.0.2.1", "0.0.0.0/0, 10.1.2.3",
			"10.0.0.0/9, 10.127.255.255", "192.0.2.6/31, 192.0.2.7", "255.255.255.255, 255.255.255.255",
			"2001:db8::7, 2001:db8:0:0:0:0:0:7", "2001:DB8::/32, 2001:db8:ffff::1", "::/0, ::1", "fe80::/10, febf::1",
			"::1/128, ::1", "::ffff:192.0.2.7, 192.0.2.7", "::ffff:192.0.2.0/120, 192.0.2.200" })
	void contains(String range, String address) throws Exception {
		assertThat(range(range).contains(InetAddress.getByName(address))).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.7, 192.0.2.8", "192.0.2.0/24, 192.0.3.0", "10.0.0.0/9, 10.128.0.0", "192.0.2.6/31, 192.0.2.5",
			"0.0.0.0/0, ::1", "::/0, 10.1.2.3", "2001:db8::/32, 2001:db9::1", "fe80::/10, fec0::1", "::1, ::2" })
	void doesNotContain(String range, String address) throws Exception {
		assertThat(range(range).contains(InetAddress.getByName(address))).isFalse();
	}

	@Test
	void doesNotContainAnAddressThatIsNotThere() {
		assertThat(range("0.0.0.0/0").contains(null)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/8", "localhost", "example.org", "10", "10.1", "10.0.0.0.0", "256.0.0.1",
			"010.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/08", "10.0.0.1/8/8", "10.0.0.1:80", ":",
			":::", "::1/129", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "fe80::1%eth0", "[::1]", "::ffff:192.0.2.7/95",
			"10.0.0.1/999999999999" })
	void isNoRange(String text) {
		assertThat(AddressRange.parse(text)).isNull();
	}

	private static AddressRange range(String text) {
		return Objects.requireNonNull(AddressRange.parse(text));
	}

}
