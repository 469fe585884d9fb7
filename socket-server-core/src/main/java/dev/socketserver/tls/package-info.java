/**
 * Keys and certificates, ready for use and replaceable while servers run. How they are
 * used on a connection is the business of the engine. Knows no other package.
 */
@NullMarked
package dev.socketserver.tls;

import org.jspecify.annotations.NullMarked;
