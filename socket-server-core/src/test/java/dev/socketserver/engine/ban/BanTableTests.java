package dev.socketserver.engine.ban;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import dev.socketserver.address.AddressBan;
import dev.socketserver.admission.AddressKey;
import dev.socketserver.fixtures.process.LiveHeap;
import dev.socketserver.spec.gate.Bans;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which addresses a table bans, on a clock that the test moves. */
class BanTableTests {

	private static final long ADDRESS = key("192.0.2.1");

	private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);

	private BanTable table(int capacity, UnaryOperator<Bans> rules) {
		return new BanTable(rules.apply(Bans.DEFAULTS.offences(3)), capacity, this.clock::get);
	}

	private static long key(String address) {
		try {
			return AddressKey.of(InetAddress.getByName(address));
		}
		catch (java.net.UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private void pass(Duration time) {
		this.clock.addAndGet(time.toNanos());
	}

	private static AddressBan offend(BanTable table, long address) {
		return table.offence(address, "X", () -> false);
	}

	@Test
	void soManyOffencesWithinTheTimeBanAndFewerDoNot() {
		BanTable table = table(10, (ban) -> ban.within(Duration.ofMinutes(1)));

		assertThat(offend(table, ADDRESS)).isNull();
		pass(Duration.ofSeconds(59));
		assertThat(offend(table, ADDRESS)).isNull();
		pass(Duration.ofSeconds(2));
		// The first is too old by now, and the window slides.
		assertThat(offend(table, ADDRESS)).isNull();
		assertThat(table.isBanned(ADDRESS)).isFalse();
		pass(Duration.ofSeconds(1));
		assertThat(offend(table, ADDRESS)).isNotNull();
		assertThat(table.isBanned(ADDRESS)).isTrue();
		assertThat(table.isBanned(key("192.0.2.2"))).isFalse();
	}

	@Test
	void aBanDoublesIfItFollowsSoonAndIsNeverLongerThanTheLongest() {
		BanTable table = table(10, (ban) -> ban.time(Duration.ofMinutes(10)).longest(Duration.ofMinutes(30)));

		for (int minutes : new int[] { 10, 20, 30, 30 }) {
			ban(table);
			pass(Duration.ofMinutes(minutes).minusMillis(100));
			assertThat(table.isBanned(ADDRESS)).as(minutes + " minutes").isTrue();
			pass(Duration.ofMillis(100));
			assertThat(table.isBanned(ADDRESS)).as(minutes + " minutes").isFalse();
		}
		pass(Duration.ofMinutes(31));
		ban(table);
		assertThat(table.of(ADDRESS)).extracting(AddressBan::times).isEqualTo(1);
		pass(Duration.ofMinutes(10));
		assertThat(table.isBanned(ADDRESS)).isFalse();
	}

	private static void ban(BanTable table) {
		assertThat(offend(table, ADDRESS)).isNull();
		assertThat(offend(table, ADDRESS)).isNull();
		assertThat(offend(table, ADDRESS)).isNotNull();
	}

	@Test
	void anAddressThatIsLoggedInIsBannedAfterTwiceTheOffences() {
		BanTable table = table(10, UnaryOperator.identity());

		for (int i = 1; i < 6; i++) {
			assertThat(table.offence(ADDRESS, "X", () -> true)).as("offence " + i).isNull();
		}
		assertThat(table.offence(ADDRESS, "X", () -> true)).isNotNull();
	}

	@Test
	void offencesDuringABanNeitherProlongItNorCountAfterIt() {
		BanTable table = table(10, (ban) -> ban.time(Duration.ofMinutes(1)));
		ban(table);

		pass(Duration.ofSeconds(59));
		assertThat(offend(table, ADDRESS)).isNull();
		assertThat(offend(table, ADDRESS)).isNull();
		assertThat(table.of(ADDRESS)).extracting(AddressBan::offences).isEqualTo(5);
		pass(Duration.ofSeconds(1));
		assertThat(table.isBanned(ADDRESS)).isFalse();
		assertThat(offend(table, ADDRESS)).isNull();
	}

	@Test
	void theAddressWhoseLastOffenceIsOldestIsForgottenFirst() {
		BanTable table = table(2, (ban) -> ban.offences(1));
		offend(table, key("192.0.2.1"));
		offend(table, key("192.0.2.2"));

		// Banned already, but it has offended once more.
		offend(table, key("192.0.2.1"));
		offend(table, key("192.0.2.3"));

		assertThat(table.size()).isEqualTo(2);
		assertThat(table.bans()).extracting(AddressBan::address).containsExactly("192.0.2.3", "192.0.2.1");
	}

	@Test
	void addressesOfOneIpv6SubscriberAreOne() {
		BanTable table = table(10, UnaryOperator.identity());

		offend(table, key("2001:db8:0:1::1"));
		offend(table, key("2001:db8:0:1:ffff::2"));
		offend(table, key("2001:db8:0:2::1"));
		assertThat(offend(table, key("2001:db8:0:1::3"))).extracting(AddressBan::address)
			.isEqualTo("2001:db8:0:1::/64");
		assertThat(table.isBanned(key("2001:db8:0:2::1"))).isFalse();
	}

	@Test
	void anOperatorsBanDoesNotDoubleAndForgettingForgetsTheHistory() {
		BanTable table = table(10, (ban) -> ban.time(Duration.ofMinutes(1)).longest(Duration.ofMinutes(2)));

		assertThat(table.ban(ADDRESS, Duration.ofDays(30), "OPERATOR")).extracting(AddressBan::times).isEqualTo(0);
		pass(Duration.ofDays(30).minusMillis(100));
		assertThat(table.isBanned(ADDRESS)).isTrue();
		assertThat(table.remove(ADDRESS)).isTrue();
		assertThat(table.remove(ADDRESS)).isFalse();
		ban(table);
		assertThat(table.remove(ADDRESS)).isTrue();
		ban(table);
		assertThat(table.of(ADDRESS)).extracting(AddressBan::times).isEqualTo(1);
		assertThat(table.count()).isEqualTo(1);
	}

	@Test
	void theTimeOfAnOperatorsBanDoesNotCountForTheNext() {
		BanTable table = table(10, (ban) -> ban.time(Duration.ofMinutes(1)).longest(Duration.ofMinutes(5)));

		ban(table);
		table.ban(ADDRESS, Duration.ofDays(30), "OPERATOR");
		pass(Duration.ofDays(30));
		ban(table);
		assertThat(table.of(ADDRESS)).extracting(AddressBan::times).isEqualTo(1);
		table.ban(ADDRESS, Duration.ofMinutes(3), "OPERATOR");
		pass(Duration.ofMinutes(3));
		ban(table);
		assertThat(table.of(ADDRESS)).extracting(AddressBan::times).isEqualTo(2);
	}

	/** All of them banned, or each about to be. */
	@ParameterizedTest
	@CsvSource({ "1, 1", "3, 2", "5, 4" })
	void aHundredThousandAddressesTakeAtMostTenMegabytes(int most, int offences) {
		BanTable table = assertThatTableIsSmall(most, offences, () -> "FRAME_TOO_LARGE");

		assertThat(table.size()).isEqualTo(BanTable.CAPACITY);
		assertThat(table.count()).isEqualTo((offences == most) ? BanTable.CAPACITY : 0);
	}

	/** What costs more has fewer addresses, the last ones. */
	@ParameterizedTest
	@CsvSource({ "20, 19, 1", "1, 1, 150" })
	void longHistoriesAndTextsTakeNoMore(int most, int offences, int text) {
		BanTable table = assertThatTableIsSmall(most, offences, () -> "x".repeat(text));

		assertThat(table.size()).isBetween(20_000, BanTable.CAPACITY - 1);
		assertThat(offend(table, 0xffff_ffff_0000_0000L | (BanTable.CAPACITY + 999))).as("was remembered")
			.satisfies((ban) -> assertThat(ban == null).isEqualTo(offences == most));
	}

	private BanTable assertThatTableIsSmall(int most, int offences, Supplier<String> reason) {
		// Other tests allocate meanwhile.
		double megabytes = 0;
		BanTable table = table(0, (ban) -> ban.offences(1));
		for (int round = 0; round < 10 && (megabytes < 5.0 || megabytes > 10.0); round++) {
			table = table(BanTable.CAPACITY, (ban) -> ban.offences(most).within(Duration.ofDays(1)));
			long before = LiveHeap.bytes();
			for (int i = 0; i < BanTable.CAPACITY + 1_000; i++) {
				for (int j = 0; j < offences; j++) {
					table.offence(0xffff_ffff_0000_0000L | i, reason.get(), () -> false);
				}
			}
			megabytes = (LiveHeap.bytes() - before) / 1_000_000.0;
		}
		assertThat(megabytes).as("megabytes").isBetween(5.0, 10.0);
		return table;
	}

	/** Addresses are found whatever came and went in between. */
	@Test
	void noAddressIsLost() {
		BanTable table = table(1_000, (ban) -> ban.offences(1));
		Random random = new Random(66);
		Set<Long> known = new LinkedHashSet<>();
		for (int i = 0; i < 20_000; i++) {
			long address = random.nextInt(3_000);
			if (random.nextBoolean()) {
				if (offend(table, address) != null && known.size() == 1_000) {
					known.remove(known.iterator().next());
				}
				known.remove(address);
				known.add(address);
			}
			else {
				assertThat(table.remove(address)).isEqualTo(known.remove(address));
			}
			assertThat(table.isBanned(address)).isEqualTo(known.contains(address));
		}
		assertThat(table.size()).isEqualTo(known.size());
		assertThat(known).allMatch(table::isBanned);
	}

}
