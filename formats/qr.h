/* qr: a short text as a QR code, drawn within a page. */
#ifndef SATCHEL_FORMATS_QR_H
#define SATCHEL_FORMATS_QR_H

struct bytes;
struct fault;

#define QR_MOST 299 /* bytes: larger ones are not read from poor paper */

/*
 * Adds an <svg> of the text at level M with its quiet zone: one path, black on
 * white, whatever the page's colours are.  FAULT_INSIDE for more than QR_MOST
 * bytes.
 */
int qr_add_svg(struct bytes *out, const char *text, struct fault *why);

#endif
