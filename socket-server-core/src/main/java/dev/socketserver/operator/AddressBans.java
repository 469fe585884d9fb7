package dev.socketserver.operator;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

import dev.socketserver.address.AddressBan;
import org.jspecify.annotations.Nullable;

/**
 * The addresses whose connections a server refuses. There are at most 100,000, and those
 * whose offences are oldest are forgotten first; nothing outlives the process. All
 * methods may be called from any thread.
 */
public interface AddressBans {

	/** The reason of bans of operators. */
	String OPERATOR = "OPERATOR";

	/**
	 * Returns the bans that are in force.
	 * @return copies, those of the latest offences first
	 */
	List<AddressBan> list();

	/**
	 * Returns the ban of an address.
	 * @param address the address
	 * @return the ban, or {@code null} if it is not banned
	 */
	@Nullable AddressBan of(InetAddress address);

	/**
	 * Bans an address. Its sessions stay open.
	 * @param address the address
	 * @param time how long, at most a year; {@code null} for the time of a first ban
	 * @return the ban
	 * @throws IllegalArgumentException if the address is never banned, or the time is not
	 * possible; the message says why
	 */
	AddressBan ban(InetAddress address, @Nullable Duration time);

	/**
	 * Ends the ban of an address, and forgets its offences.
	 * @param address the address, or of IPv6 any with the same first 64 bits
	 * @return whether it was banned
	 */
	boolean remove(InetAddress address);

	/**
	 * Returns how many addresses are banned.
	 * @return the number
	 */
	int count();

}
