package dev.socketserver.address;

import java.time.Instant;

/**
 * A ban of an address, as it is now.
 *
 * @param address the address, or of IPv6 the range of all addresses with the same first
 * 64 bits, such as {@code 2001:db8::/64}
 * @param reason the reason of the offence that led to it, or {@code OPERATOR}
 * @param offences how many offences the address has committed since its last ban
 * @param since when it began
 * @param until when it ends
 * @param times how many bans of the server in a row this one is, counted as long as each
 * doubles the last; 0 if only an operator has banned the address
 */
public record AddressBan(String address, String reason, int offences, Instant since, Instant until, int times) {

}
