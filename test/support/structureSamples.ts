import { gunzipSync } from 'node:zlib';

/** The sectors of structures that other programs made, from the named sector on: gzip in base64. */
const SAMPLES = {
  /** `mkfs.xfs -L disk -m uuid=...` */
  xfs: [
    0,
    'H4sIAAAAAAACA4twC3ZiYBBgAANGHQZ0IAgESkrGxi4uoWAAUcfABpVugNKNULoJLMvgDWKzQIQcGLYsZWJgYmDgSMkszoaZy8PJyczPwCDJAFMEAbYQ6vUDBvyAA40PtJOxC4LBgBeIuUGM71MUjiLcMgrQAQAqTtoeAAIAAA==',
  ],
  /** `mkfs.btrfs -L disk -U ...` */
  btrfs: [
    128,
    'H4sIAAAAAAACAzP03POXAQ8QBAIlJWNjF5dQEAhjYGAEizNC5eOdPILSguN92WAaDlyCSDkEMGI3sYEdIs8EpmD64IoFQHJQDGQ3IqmBAWYo7ciMJMiIbgFDAyvcQBjGCxR+SD2uYHXgWJPiJnzs3evD6F5PySzOZhgFIxdAk9gTBgZY2m4Ak0xoKpRQ+IzgpMcEpBFJFKIfPcEh5C9glaeHBaNgFIyCUTAKRsEoQGu5QmpNVrRaFsG/iMp3QFN/AI3vgKYerWnMSK47oU1weLMZ2hRnQ6v92XC50wFdP43cyRCI0pyHNdHh/IYAVL4DmnoHdHlB7D2BA4wUuhMSPixweyDuhPMbAlH56O5kCECTp5U7R8EoIBEAAC05MkkAEAAA',
  ],
  /** `mkswap -L disk -U ...` */
  swap: [
    0,
    'H4sIAAAAAAACA2NgGAWjYBSMVMAIxP+hbEEgUFIyNnZxCQWB8JTM4uzREBoFo2AUjIJRMApGwSgYBaNgqIPgcMeA4ABHZ1cjAFb4owEAEAAA',
  ],
  /** `mke2fs -t ext4 -b 1024` */
  ext4: [
    2,
    'H4sIAAAAAAACA/shzMDAEADELAwMfC4MDOZAPiMDElCA4BVsEK5q7eRUBob//4PfM4LVQfgQANPHDeXYAKlDTAwM2UCzhUzCKmbt8X3fAGHcc40IMfE2ZKAymI8hwoHERncDI6MDAw8Dwl9cnxlBwYAAQM4iBVLsF2BADToF1LCEGQsUNOFgGFbAnYthFAwx8DJqKRcA3DqMJgAEAAA=',
  ],
  /** `mkfs.fat -F 16` */
  fat16: [
    0,
    'H4sIAAAAAAACA3ttMyE3O61YLy2xhIGJhYWBCQgP/DBgUGBgYYCBBgbNs6tNhNwcQ4I9I0JcXf0UgExDMwUFBT75fdE1a5QOlHCHbeHbzc5wViDu9QejJ2fFzkq+/heSkVmsAER5+SUKiQpJ+fkliUk5qQopmcXZegoKATmpicWpCpl5xalFKPJpOfkFBZUKiXkpvFwFRanFxUBmpUJ2aqVCSb5CSRFQJj0xM09BT09PgZeLYRRQAkJXAQC9We9nAAIAAA==',
  ],
  /** `mkfs.fat -F 32` */
  fat32: [
    0,
    'H4sIAAAAAAACA3sdMSE3O61YLy2xhIGJUYGBiQEIfjAwKDBwMICBAyNDGROECaIYGdgYkEEDg+a51SZCbo4hIR6eQSGRRgpAprGRgoICn/y+8po1SgdKuMO28O1mZzgrEPf6g9GTs2JnJV//C8nILFYAorz8EoVEhaT8/JLEpJxUhZTM4mw9BYWAnNTE4lSFzLzi1CIU+bSc/IKCSoXEvBReroKi1OJiILNSITu1UqEkX6GkCCiTnpiZp6Cnp6fAy8UwCgiB0FUA2h+ZVAACAAA=',
  ],
  /** `mkfs.exfat` */
  exfat: [
    0,
    'H4sIAAAAAAACA3tdNsE1ws0xREFBgYEikAClORgYJEC0ABBzMTCwAinV2smpDIwMDJzMjA2sDKNg8IDQVaNhMBr/o2A0/kfBaPyPgtH4HwWj8T8KRuN/FIzG/ygY/vH/fxSMaDCaB0Y2OJemNWsUj1wMADUB2GIAGAAA',
  ],
  /** `mkntfs` */
  ntfs: [
    0,
    'H4sIAAAAAAACA3sdNMEvxC1YAQgYmDgYIOAHA4M9gwADDDQA4f96CJsFKvafHUJ/A2JGIDbUWMEZpz85GyTGJ7+vsGaN0oES7rAtfLvZGc4KxL3+YPTkrNhZydf/QjIyixWAKC+/RCFRISk/vyQxKSdVISWzOFtPISAnNbE4VSEzrzi1CEU6LSe/oKBSITEvhZeroCi1uBjIrFTITq1UKMlXKCkCyqQnZuYp6OnpKfByMYwCIkHoKgDQYjT9AAIAAA==',
  ],
  /** `sfdisk` */
  gpt: [
    0,
    'H4sIAAAAAAACA2NgGAVDGTAxvPv//z8jkPX/PSPJukNXubp5KgQ4BoUwMDAyxABFrM4GSIJkYGbBTeWAUPeg/IowE6E9s977NgiZhFXM2nOPCaq+AYqPzKs0G42dwQ8Ax5FpZAAEAAA=',
  ],
  /** `cryptsetup luksFormat --type luks1` */
  luks1: [
    0,
    'H4sIAAAAAAACA/MJ9Q7etY+BMTG1mAEfqCgp1i3ISczMMzPBKl+ckWhkaobPBAEQ4cAc6LhPNLvefkPj+qNxWneid0zN26ixXvu20vG/qypq3c6rXNsZ/LlFU6RPxvrbHS09gck3mT8xMDC/MIQCXSMg0DUGAl0TINA1RQALsDVrCj+D1Mdf/5Dz+m6xAiMf86JY/qI1sbfmiD22erhiU1xzxqvKxQFAlRwMDPwLGBjurWUgCjAxkKae+Qdp6lk/kKae/QVp6jkfkKae+wZp6nkvQNSPgqEEAKKWY+oABAAA',
  ],
  /** `cryptsetup luksFormat --type luks2` */
  luks2: [
    0,
    'H4sIAAAAAAACA+3YzWvTYBwH8KoIO4h4cIIICg8oylpM0jRthxWZ062ss3Pd3IaOkaZP2yzNy/LEZtkoQ/Dky0FEPYjoSdGLoOBhoJcdBM+C/gF68DARL4Ie9EmtW90Q9arfzyH0ef/+ntBLcqMDhcVnkY2RpiORlk0lnRmRv8CqqpRQfj1+zR3T9mw98WJh19V3h7Z1FtLbM1uW31/+vG/z7FTnjvPXGxcevVo6fPPS7Q+vv3x9/Pzl3lsXF87cZx13yk+sxengk9gSk7hYnIvJXCyxKh35Dz24cm/SsDIf97/tHtx5UiFuYenc3YdPbygHNnQsLO9+EwEAAAAAAADg5olBA1azPUa654kQPrzAoaSb1M4aTCLRcHyK6XO8S5GjRC2vmSLyKcxzdYfyHWRBEKKkqrIqH/3+SYA0+CKXqm3LXNXni+xymVGPN+NSUkmFuzQPIVIiJchhm1qaGzieblu8V6UsNuuxmFNTdUuR1+TiZxil9mROkbfD9D9niRLdo64a7snTis20TK2FKRLptNo7Wre99FzfkNqlxyeyEh0RqmaO5Y+NVscrQkWvD0s+G/IzpNHgJ3q2QcNt5vlvRismtdZfYrOC9mJFJZlMSqKyWm8psFRT18Js9SnPp6rBO4Xf18+o5tlu6wpkIa2EmUp6hbL1MVauY/Vln+YTJtuDtzr++MLi+WJPYPhm1pdnJClZcPvMufGc3Ws6PVbXWH6svy9L/em8Z9qDGfIjGV+nl8aFYfvgBHXoqZzIArt/RsvWza6iN2LOHi3GWTbI+wPHNb/SvOgo0WyrrFfCaqaZbbUKJqIkpVJtFa30K8nww1CKL8W/GwAAAAAAAAAAAAAAAAAAAAAAAAAAAP4l3wDWunT3AEAAAA==',
  ],
  /** The second copy of the same. */
  luks2copy: [
    32,
    'H4sIAAAAAAACA+3YS2gTQRwG8KCIoF4UBE8W5iBoEtzdJJukEFtqbRuamtI2NqVo2SSTZLvZRzNrNg8qiBXFuxevKgiCWMRDFQreq+hBEEQRD7aIeCqKIOJsjG1sER835fsdlsz7+8+Sy44OphL3Fj1bPE3dnpatOZVpnj/AiooUkn8+Pt9VdZ5c3L/j8eqr1/f79pw6Pv9ubuXq0pVP05/3HVz50HX7xoUFKX3n8ptzNzuufzziO+sdOvCgulrdWZ98e+hFY7vY4pc4f4DzBzl/aF3U89e6Pf+qhYe77+56mnq+7eXSo0t7b3VcW/7ybHEuZk0uz+WL78+f8QAAAAAAAABwDaLRGiuZNiOdDSK4D7tmUdJJSqc1JhGfOz7F1DrvkoM+ouQ3TBH5FGaXVYvyHYKCIPhIUWFFPvrtkwCZ5YvKVGlbVlYcvsjM5xm1eTMgheWIu0vzECKFIkLQbVMjW65ZtmoavFehzF+1md8qKaohBzfk4mdoufZkVoa33fQ/ZvER1aZlxd2TpxWbaZlSclOEolGlN1Ux7Wi9f1jxqoGJuETHhKKeYMljqWK6IBTUyojksGEnRmZn+Ym2qVF3mwb/zWhBp8bmS2xW0F6sKIfDYUmU1+vN1QxFV7NutsqU7VBF453Cr+tnNGub5dYVBIWo7GbKqQXKNsdYu471lz3JJ5xsD97q+O0LCyQzPTXN0eNOcEaSwqPlfr2eTpi9utVjeMeT4wP9cepMJ23dHIqR78n4OjWXFkbMwxPUoicSIquZAzPZeEX3ZuwxvXo0E2DxWtIZ7Ms6heZF+0jWNPJqwa1mmplGq2AiSlIk0lbRWr8cdj8MRfhS/LsBAAAAAAAAAAAAAAAAAAAAAAAAAADgf/IVxIDC1gBAAAA=',
  ],
} as const satisfies Record<string, readonly [firstSector: number, bytes: string]>;

/** The bytes of a sample, and the sector that they begin with. */
export function structureSample(name: keyof typeof SAMPLES): { firstSector: number; bytes: Uint8Array } {
  const [firstSector, bytes] = SAMPLES[name];
  return { firstSector, bytes: gunzipSync(Buffer.from(bytes, 'base64')) };
}
