package dev.socketserver.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CidrTests {

	@ParameterizedTest
	@CsvSource({ "192.0.2.0/24, 192.0.2.0, true", "192.0.2.0/24, 192.0.2.255, true", "192.0.2.0/24, 192.0.3.0, false",
			"192.0.2.128/25, 192.0.2.127, false", "192.0.2.128/25, 192.0.2.128, true", "192.0.2.6/31, 192.0.2.7, true",
			"192.0.2.6/31, 192.0.2.8, false", "192.0.2.7, 192.0.2.7, true", "192.0.2.7, 192.0.2.6, false",
			"0.0.0.0/0, 255.255.255.255, true", "0.0.0.0/0, ::1, false", "128.0.0.0/1, 127.255.255.255, false",
			"128.0.0.0/1, 200.1.2.3, true", "::/0, 2001:db8::1, true", "::/0, 192.0.2.1, false",
			"2001:db8::/32, 2001:db8:ffff::1, true", "2001:db8::/32, 2001:db9::, false",
			"2001:db8:0:8000::/49, 2001:db8:0:8fff::, true", "2001:db8:0:8000::/49, 2001:db8:0:7fff::, false",
			"fe80::/10, febf::1, true", "fe80::/10, fec0::1, false", "::1, ::1, true" })
	void hasTheAddressesThatBeginWithItsBits(String range, String address, boolean contains) throws Exception {
		InetAddress parsed = InetAddress.getByName(address);

		assertThat(Cidr.of(range).contains(parsed)).isEqualTo(contains);
		assertThat(Cidr.anyContains(List.of(Cidr.of("203.0.113.9"), Cidr.of(range)), parsed)).isEqualTo(contains);
	}

	@Test
	void nothingIsInNoRange() {
		assertThat(Cidr.anyContains(List.of(), InetAddress.getLoopbackAddress())).isFalse();
	}

	@Test
	void anAddressOfIpv4WithinIpv6IsOneOfIpv4() throws Exception {
		byte[] bytes = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 7 };
		InetAddress mapped = Inet6Address.getByAddress("", bytes, 0);

		assertThat(mapped).isInstanceOf(Inet6Address.class);
		assertThat(Cidr.of("192.0.2.0/24").contains(mapped)).isTrue();
		assertThat(Cidr.of("::/0").contains(mapped)).isFalse();
	}

	@Test
	void aZoneOfAnAddressIsNotChecked() throws Exception {
		InetAddress scoped = Inet6Address.getByAddress("", InetAddress.getByName("fe80::1").getAddress(), 1);

		assertThat(Cidr.of("fe80::/64").contains(scoped)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.0/24, 192.0.2.0/24", "192.0.2.7, 192.0.2.7/32", "2001:DB8:0:0::/32, 2001:db8::/32",
			"::1, ::1/128", "0.0.0.0/0, 0.0.0.0/0" })
	void isWrittenInOneWay(String text, String written) {
		assertThat(Cidr.of(text)).hasToString(written).isEqualTo(Cidr.of(written)).hasSameHashCodeAs(Cidr.of(written));
		assertThat(Cidr.of(text)).isNotEqualTo(Cidr.of("198.51.100.0/24"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "null", value = { "192.0.2.1/24 | write 192.0.2.0/24 for the range",
			"2001:db8::1/32 | write 2001:db8::/32 for the range", "128.0.0.0/0 | write 0.0.0.0/0 for the range",
			"192.0.2.0/33 | from 0 to 32", "192.0.2.0/ | from 0 to 32", "192.0.2.0/-1 | from 0 to 32",
			"192.0.2.0/024 | from 0 to 32", "192.0.2.0/24/8 | from 0 to 32", "2001:db8::/129 | from 0 to 128",
			"192.0.2.0/255.255.255.0 | from 0 to 32",
			"::ffff:192.0.2.0/120 | IPv4 address that it stands for: 192.0.2.0",
			"::ffff:c000:200 | IPv4 address that it stands for: 192.0.2.0", "fe80::1%eth0 | no zone",
			"fe80::%1/64 | no zone", "localhost | must be an address or a range", "192.0.2 | must be an address",
			"192.0.2.256 | must be an address", "192.0.02.1 | must be an address", "192.0.2.0. | must be an address",
			"1 | must be an address", "'' | must be an address", "/8 | must be an address",
			"' 192.0.2.0/24' | must be an address", "192.0.2.0/24 x | from 0 to 32", "[::1] | must be an address",
			"2001:db8::1::2 | must be an address", ": | must be an address", "12345:: | must be an address",
			"any | must be an address" })
	void refusesWhatIsNoneOrCouldBeTwo(String text, String problem) {
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.of(text)).withMessageContaining(problem);
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.77/24, 192.0.2.0/24", "192.0.2.7, 192.0.2.7/32", "10.1.2.3/0, 0.0.0.0/0",
			"2001:DB8::7/32, 2001:db8::/32", "::1, ::1/128", "::ffff:192.0.2.7, 192.0.2.7/32",
			"::ffff:192.0.2.7/120, 192.0.2.0/24", "::ffff:192.0.2.7/96, 0.0.0.0/0" })
	void isAlsoReadAroundAnAddress(String text, String range) {
		assertThat(Cidr.around(text)).isEqualTo(Cidr.of(range));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/8", "localhost", "example.org", "10", "10.1", "10.0.0.0.0", "256.0.0.1",
			"010.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/08", "10.0.0.1/8/8", "10.0.0.1:80", ":",
			":::", "::1/129", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "fe80::1%eth0", "[::1]", "::ffff:192.0.2.7/95",
			"10.0.0.1/999999999999" })
	void thereIsNoneAroundWhatIsNoAddress(String text) {
		assertThat(Cidr.around(text)).isNull();
	}

}
