/**
 * A client of one of the servers, as in a gateway that is server and client at once.
 */
@NullMarked
package dev.socketserver.demo.meter;

import org.jspecify.annotations.NullMarked;
